import { parse } from "semver";
import type { SemVer } from "semver";

/**
 * The order of Semantic Versioning 2.0.0, which npm, crates.io and Go share. A leading `v` or `go` is taken away, and 1 or 1.2
 * stand for 1.0.0 and 1.2.0: advisories write limits so. Nothing else is guessed.
 */
export function compareSemverVersions(a: string, b: string): number | undefined {
  const left = parseVersion(a);
  const right = parseVersion(b);
  return left === null || right === null ? undefined : left.compare(right);
}

function parseVersion(text: string): SemVer | null {
  const [, major, minor, patch, rest = ""] =
    /^(?:v|go)?([0-9]+)(?:\.([0-9]+)(?:\.([0-9]+)([-+].*)?)?)?$/.exec(text.trim()) ?? [];
  return major === undefined ? null : parse(`${major}.${minor ?? "0"}.${patch ?? "0"}${rest}`);
}
