import { compareDigits } from "./version-order.ts";

interface DebVersion {
  readonly epoch: string;
  readonly upstream: string;
  readonly revision: string;
}

/** The order of dpkg. Source: Debian Policy, 5.6.12 Version. */
export function compareDebVersions(a: string, b: string): number | undefined {
  const left = parseDebVersion(a);
  const right = parseDebVersion(b);
  if (left === undefined || right === undefined) return undefined;
  return (
    compareDigits(left.epoch, right.epoch) ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  );
}

function parseDebVersion(text: string): DebVersion | undefined {
  const found = /^(?:([0-9]+):)?([A-Za-z0-9.+~:-]+)$/.exec(text.trim());
  // A colon needs an epoch before it.
  if (found === null || (found[1] === undefined && text.includes(":"))) return undefined;
  const [, epoch = "0", rest = ""] = found;
  const hyphen = rest.lastIndexOf("-");
  return hyphen === -1
    ? { epoch, upstream: rest, revision: "" }
    : { epoch, upstream: rest.slice(0, hyphen), revision: rest.slice(hyphen + 1) };
}

/** Takes turns: a run of other characters, then a run of digits, until a difference shows. */
function comparePart(a: string, b: string): number {
  let left = a;
  let right = b;
  while (left !== "" || right !== "") {
    const [leftText, leftNumber, leftRest] = takeRuns(left);
    const [rightText, rightNumber, rightRest] = takeRuns(right);
    const order = compareRun(leftText, rightText) || compareDigits(leftNumber, rightNumber);
    if (order !== 0) return order;
    left = leftRest;
    right = rightRest;
  }
  return 0;
}

function takeRuns(text: string): [text: string, number: string, rest: string] {
  const [whole, letters = "", digits = ""] = /^([^0-9]*)([0-9]*)/.exec(text) ?? [""];
  return [letters, digits, text.slice(whole.length)];
}

function compareRun(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = weightOf(a[i]) - weightOf(b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

/** A tilde sorts before the end of the part, letters before everything that is neither letter nor digit. */
function weightOf(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === "~") return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}
