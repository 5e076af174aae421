import { DomainError } from "../../platform/errors.ts";

/** A word is a keyword, an operator, a bracket, or a part of a selector. A text is a quoted value, without its quotes. */
export interface Token {
  readonly kind: "word" | "text" | "number" | "end";
  readonly value: string;
  /** Counted from 1. */
  readonly column: number;
}

const patterns: readonly [Token["kind"], RegExp][] = [
  ["text", /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ["number", /-?\d+(?:\.\d+)?/y],
  ["word", /[A-Za-z_][A-Za-z0-9_/-]*|==|!=|[().[\]]/y],
];

/** The tokens of a condition, the last of the kind `end`. Errors: invalid/condition. */
export function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; ;) {
    at += /^\s*/.exec(text.slice(at))?.[0].length ?? 0;
    if (at === text.length) return [...tokens, { kind: "end", value: "", column: at + 1 }];
    const token = readToken(text, at);
    if (token === undefined)
      throw invalidCondition(`what begins with ${JSON.stringify(text.slice(at, at + 12))}`, at + 1);
    tokens.push({
      kind: token.kind,
      value: token.kind === "text" ? unquote(token.raw, at + 1) : token.raw,
      column: at + 1,
    });
    at += token.raw.length;
  }
}

function readToken(text: string, at: number): { readonly kind: Token["kind"]; readonly raw: string } | undefined {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const raw = pattern.exec(text)?.[0];
    if (raw !== undefined) return { kind, raw };
  }
  return undefined;
}

function unquote(raw: string, column: number): string {
  if (raw.startsWith("`")) return raw.slice(1, -1);
  try {
    return JSON.parse(raw) as string;
  } catch {
    throw invalidCondition("a text with an escape that is not one of JSON", column);
  }
}

export function invalidCondition(what: string, column: number): DomainError {
  return new DomainError(
    "invalid",
    "condition",
    `The conditional access statement cannot be read: there is ${what} at character ${column}. An example is jwt_claims.sub == "repo:acme/web" and jwt_claims.aud is not empty.`,
  );
}
