import { compareDigits, compareText } from "./version-order.ts";

interface Token {
  readonly separator: "." | "-";
  readonly text: string;
}

const aliases: Record<string, string> = { cr: "rc", ga: "", final: "", release: "" };
// Before a digit only.
const shortNames: Record<string, string> = { a: "alpha", b: "beta", m: "milestone" };
// In the order in which they sort; others follow, by text.
const qualifiers = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];

/** The order of Maven. Source: POM Reference, Version Order Specification. */
export function compareMavenVersions(a: string, b: string): number | undefined {
  if (!isMavenVersion(a) || !isMavenVersion(b)) return undefined;
  const left = trim(tokensOf(a));
  const right = trim(tokensOf(b));
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareTokens(left[i] ?? padding(right[i]), right[i] ?? padding(left[i]));
    if (order !== 0) return order;
  }
  return 0;
}

function isMavenVersion(text: string): boolean {
  return /^[0-9A-Za-z][^\s]*$/.test(text);
}

/** Cut at dots, hyphens and between digits and letters, which counts as a hyphen. An empty token is 0. */
function tokensOf(version: string): Token[] {
  const tokens: Token[] = [];
  for (const [, separator = "", piece = ""] of version.toLowerCase().matchAll(/(^|[.-])([^.-]*)/g)) {
    const runs = piece.match(/[0-9]+|[^0-9]+/g) ?? ["0"];
    runs.forEach((run, index) => {
      const next = runs[index + 1];
      const named = (next === undefined ? undefined : shortNames[run]) ?? run;
      tokens.push({
        separator: index === 0 && separator !== "-" ? "." : "-",
        text: aliases[named] ?? named,
      });
    });
  }
  return tokens;
}

/** Takes away what means nothing, at the end and before each hyphen: 1.0.0-foo.0 is 1-foo. */
function trim(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  let hyphen = true;
  for (const token of tokens.toReversed()) {
    if (hyphen && isNull(token)) {
      continue;
    }
    kept.push(token);
    hyphen = token.separator === "-";
  }
  return kept.toReversed();
}

function isNull({ text }: Token): boolean {
  return text === "" || /^0+$/.test(text);
}

function padding(other: Token | undefined): Token {
  return other?.separator === "." && isNumber(other) ? { separator: ".", text: "0" } : { separator: "-", text: "" };
}

function isNumber({ text }: Token): boolean {
  return /^[0-9]/.test(text);
}

function compareTokens(a: Token, b: Token): number {
  const order = rankOf(a) - rankOf(b);
  if (order !== 0) return order;
  return isNumber(a) ? compareDigits(a.text, b.text) : compareQualifiers(a.text, b.text);
}

/** A qualifier sorts before `-number`, that before `.number`. */
function rankOf(token: Token): number {
  if (!isNumber(token)) return 0;
  return token.separator === "-" ? 1 : 2;
}

function compareQualifiers(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => {
    const known = qualifiers.indexOf(text);
    return known === -1 ? qualifiers.length : known;
  }) as [number, number];
  return left - right || compareText(a, b);
}
