import { compareDigits, compareText } from "./version-order.ts";

interface RpmVersion {
  readonly epoch: string;
  readonly version: string;
  readonly release: string | undefined;
}

/**
 * The order of rpm: epoch, version, release. A missing epoch is 0, a missing release older than any.
 * Source: rpm-version(7).
 */
export function compareRpmVersions(a: string, b: string): number | undefined {
  const left = parseRpmVersion(a);
  const right = parseRpmVersion(b);
  if (left === undefined || right === undefined) return undefined;
  return (
    compareDigits(left.epoch, right.epoch) ||
    compareRpmPart(left.version, right.version) ||
    compareReleases(left.release, right.release)
  );
}

function parseRpmVersion(text: string): RpmVersion | undefined {
  const found = /^(?:([0-9]+):)?([^\s:-]+)(?:-([^\s:-]+))?$/.exec(text.trim());
  if (found === null) return undefined;
  const [, epoch = "0", version = "", release] = found;
  return /[A-Za-z0-9]/.test(version) ? { epoch, version, release } : undefined;
}

function compareReleases(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
  return compareRpmPart(a, b);
}

/** One part by the rules of rpmvercmp: segments of digits or of letters; `~` sorts before the end, `^` right after it. */
export function compareRpmPart(a: string, b: string): number {
  const left = segmentsOf(a);
  const right = segmentsOf(b);
  for (let i = 0; i < left.length || i < right.length; i++) {
    const order = compareSegments(left[i], right[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function segmentsOf(text: string): string[] {
  return text.match(/[0-9]+|[A-Za-z]+|~|\^/g) ?? [];
}

function compareSegments(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === "~" || b === "~") return a === "~" ? -1 : 1;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  if (a === "^" || b === "^") return a === "^" ? -1 : 1;
  const [leftIsNumber, rightIsNumber] = [isNumber(a), isNumber(b)];
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? 1 : -1;
  return leftIsNumber ? compareDigits(a, b) : compareText(a, b);
}

function isNumber(segment: string): boolean {
  return /^[0-9]/.test(segment);
}
