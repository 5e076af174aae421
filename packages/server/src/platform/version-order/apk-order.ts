import { compareDigits, compareText } from "./version-order.ts";

// In the order in which they sort; the empty one stands for a version without a suffix.
const suffixes = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"];
const noSuffix = suffixes.indexOf("");

// In the order in which they may follow each other. Of two versions that differ in what comes next, the one whose next part
// is named earlier here is the newer: 1.0.1 > 1.0a > 1.0_p1 > 1.0-r1 > 1.0.
const partKinds = ["first", "number", "letter", "suffix", "suffixNumber", "hash", "revision", "end"] as const;
type PartKind = (typeof partKinds)[number];

interface Part {
  readonly kind: PartKind;
  readonly text: string;
}

const grammar =
  /^([0-9]+)((?:\.[0-9]+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*)(?:~([0-9a-f]+))?(?:-r([0-9]+))?$/;
const end: Part = { kind: "end", text: "" };

/** The order of apk. Source: apk-package(5), package names and versions. */
export function compareApkVersions(a: string, b: string): number | undefined {
  const left = parseApkVersion(a);
  const right = parseApkVersion(b);
  if (left === undefined || right === undefined) return undefined;
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareParts(left[i] ?? end, right[i] ?? end);
    if (order !== 0) return order;
  }
  return 0;
}

function parseApkVersion(text: string): Part[] | undefined {
  const found = grammar.exec(text.trim());
  if (found === null) return undefined;
  const [, first = "", numbers = "", letter = "", suffixText = "", hash, revision] = found;
  const parts: Part[] = [{ kind: "first", text: first }];
  for (const [, number = ""] of numbers.matchAll(/\.([0-9]+)/g)) parts.push({ kind: "number", text: number });
  if (letter !== "") parts.push({ kind: "letter", text: letter });
  for (const [, name = "", number = ""] of suffixText.matchAll(/_([a-z]+)([0-9]*)/g)) {
    parts.push({ kind: "suffix", text: name });
    if (number !== "") parts.push({ kind: "suffixNumber", text: number });
  }
  if (hash !== undefined) parts.push({ kind: "hash", text: hash });
  if (revision !== undefined) parts.push({ kind: "revision", text: revision });
  return parts;
}

function compareParts(a: Part, b: Part): number {
  if (a.kind === b.kind) return compareSameKind(a, b);
  if (isPreRelease(a)) return -1;
  if (isPreRelease(b)) return 1;
  return partKinds.indexOf(b.kind) - partKinds.indexOf(a.kind);
}

function compareSameKind({ kind, text: a }: Part, { text: b }: Part): number {
  switch (kind) {
    case "number":
      // A number with a leading zero is a fraction: 1.01 < 1.1.
      return a.startsWith("0") || b.startsWith("0") ? compareText(a, b) : compareDigits(a, b);
    case "first":
    case "suffixNumber":
    case "revision":
      return compareDigits(a, b);
    case "suffix":
      return suffixes.indexOf(a) - suffixes.indexOf(b);
    case "letter":
    case "hash":
    case "end":
      return compareText(a, b);
  }
}

function isPreRelease(part: Part): boolean {
  return part.kind === "suffix" && suffixes.indexOf(part.text) < noSuffix;
}
