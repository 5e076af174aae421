import type { Version } from "../api/registry-types.ts";

/** `v3`, or for one that has no number yet, the beginning of its fingerprint. */
export function versionTitle(version: Pick<Version, "name" | "fingerprint">): string {
  return version.name === "v0" ? version.fingerprint : version.name;
}

/** What may be promoted: complete and not revoked. */
export function isPromotable(version: Pick<Version, "status">): boolean {
  return version.status === "VERSION_ACTIVE" || version.status === "VERSION_REVOCATION_SCHEDULED";
}

/** Every platform its builds report, in order. */
export function platformsOf(version: Pick<Version, "builds">): readonly string[] {
  return [...new Set(version.builds.map((build) => build.platform).filter((platform) => platform !== ""))].sort();
}
