import { RE2JS } from "re2js";
import { DomainError } from "../../platform/errors.ts";
import { invalidCondition, readTokens, type Token } from "./condition-tokens.ts";

/** Where a value is, from the outermost name to the innermost. */
export type Selector = readonly string[];

/**
 * A conditional access statement: what a token of elsewhere must say before it is exchanged. The language is the part of
 * go-bexpr that HCP documents. Source: web-unified-docs, workload-identity-federation/conditional-access-statement.mdx.
 */
export type Condition =
  | { readonly op: "or" | "and"; readonly left: Condition; readonly right: Condition }
  | { readonly op: "not"; readonly of: Condition }
  | { readonly op: "equals" | "contains" | "matches"; readonly selector: Selector; readonly value: string }
  | { readonly op: "is empty"; readonly selector: Selector };

const charactersMin = 5;
const charactersMax = 511;

/**
 * Reads a statement whose selectors all begin with this name. Errors: invalid/condition, saying where it cannot be read.
 */
export function parseCondition(text: string, root: "jwt_claims" | "aws"): Condition {
  if (text.length < charactersMin || text.length > charactersMax) {
    throw new DomainError(
      "invalid",
      "condition",
      `A conditional access statement has ${charactersMin} to ${charactersMax} characters; this one has ${text.length}.`,
    );
  }
  const reader = new Reader(readTokens(text), root);
  const condition = reader.readOr();
  reader.expectEnd();
  return condition;
}

/** Words that are no names: none of them can begin a selector. */
const keywords: ReadonlySet<string> = new Set(["and", "or", "not", "in", "is", "empty", "contains", "matches"]);

class Reader {
  readonly #tokens: readonly Token[];
  readonly #root: string;
  #at = 0;

  constructor(tokens: readonly Token[], root: string) {
    this.#tokens = tokens;
    this.#root = root;
  }

  readOr(): Condition {
    let left = this.#readAnd();
    while (this.#take("or")) left = { op: "or", left, right: this.#readAnd() };
    return left;
  }

  expectEnd(): void {
    if (this.#next.kind !== "end") throw this.#unexpected();
  }

  #readAnd(): Condition {
    let left = this.#readNot();
    while (this.#take("and")) left = { op: "and", left, right: this.#readNot() };
    return left;
  }

  #readNot(): Condition {
    if (this.#take("not")) return { op: "not", of: this.#readNot() };
    if (!this.#take("(")) return this.#readMatch();
    const inside = this.readOr();
    this.#expect(")");
    return inside;
  }

  #readMatch(): Condition {
    if (this.#next.kind === "text" || this.#next.kind === "number") {
      const value = this.#readValue();
      return this.#negatable(() => {
        this.#expect("in");
        return { op: "contains", selector: this.#readSelector(), value };
      });
    }
    const selector = this.#readSelector();
    if (this.#take("==")) return { op: "equals", selector, value: this.#readValue() };
    if (this.#take("!=")) return { op: "not", of: { op: "equals", selector, value: this.#readValue() } };
    if (this.#take("is")) {
      return this.#negatable(() => {
        this.#expect("empty");
        return { op: "is empty", selector };
      });
    }
    return this.#negatable(() => {
      if (this.#take("contains")) return { op: "contains", selector, value: this.#readValue() };
      this.#expect("matches");
      return { op: "matches", selector, value: this.#readPattern() };
    });
  }

  #negatable(read: () => Condition): Condition {
    return this.#take("not") ? { op: "not", of: read() } : read();
  }

  #readSelector(): Selector {
    const { kind, value } = this.#next;
    if (kind !== "word" || keywords.has(value) || value !== this.#root)
      throw this.#unexpected(`a selector ${this.#root}.…`);
    const selector: string[] = [this.#read().value];
    for (;;) {
      if (this.#take(".")) {
        if (this.#next.kind !== "word" || !/^\w/.test(this.#next.value)) throw this.#unexpected("a name");
        selector.push(this.#read().value);
      } else if (this.#take("[")) {
        if (this.#next.kind !== "text") throw this.#unexpected("a name in quotes");
        selector.push(this.#read().value);
        this.#expect("]");
      } else return selector;
    }
  }

  #readValue(): string {
    const { kind } = this.#next;
    if (kind !== "text" && kind !== "number") throw this.#unexpected("a value in quotes");
    return this.#read().value;
  }

  #readPattern(): string {
    const { column } = this.#next;
    const pattern = this.#readValue();
    try {
      RE2JS.compile(pattern);
    } catch {
      throw invalidCondition("a regular expression that is not one of RE2", column);
    }
    return pattern;
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #read(): Token {
    const token = this.#next;
    this.#at++;
    return token;
  }

  #take(word: string): boolean {
    const taken = this.#next.kind === "word" && this.#next.value === word;
    if (taken) this.#at++;
    return taken;
  }

  #expect(word: string): void {
    if (!this.#take(word)) throw this.#unexpected(word);
  }

  #unexpected(wanted?: string): DomainError {
    const { kind, value, column } = this.#next;
    const found = kind === "end" ? "an end" : JSON.stringify(value.slice(0, 40));
    return invalidCondition(wanted === undefined ? found : `${found} where ${wanted} is expected`, column);
  }
}

/** What selectors look into: the claims of a token, or what AWS says of a caller. */
export type Facts = Readonly<Record<string, unknown>>;

/**
 * Whether the facts are as the condition says. What it names and the facts do not have, or have as something that cannot
 * be compared so, makes the whole of it false, a negation included: nobody gets in by leaving a claim out.
 */
export function isMet(condition: Condition, facts: Facts): boolean {
  try {
    return evaluate(condition, facts);
  } catch (error) {
    if (error instanceof NotComparable) return false;
    throw error;
  }
}

class NotComparable extends Error {}

function evaluate(condition: Condition, facts: Facts): boolean {
  switch (condition.op) {
    case "or":
      return evaluate(condition.left, facts) || evaluate(condition.right, facts);
    case "and":
      return evaluate(condition.left, facts) && evaluate(condition.right, facts);
    case "not":
      return !evaluate(condition.of, facts);
    case "equals":
      return equals(select(condition.selector, facts), condition.value);
    case "contains":
      return contains(select(condition.selector, facts), condition.value);
    case "matches":
      return matches(select(condition.selector, facts), condition.value);
    case "is empty":
      return sizeOf(select(condition.selector, facts)) === 0;
  }
}

function select(selector: Selector, facts: Facts): unknown {
  let value: unknown = facts;
  for (const name of selector) {
    if (value === null || typeof value !== "object" || Array.isArray(value) || !Object.hasOwn(value, name)) {
      throw new NotComparable();
    }
    value = (value as Facts)[name];
  }
  return value;
}

function equals(actual: unknown, value: string): boolean {
  switch (typeof actual) {
    case "string":
      return actual === value;
    case "number":
      return String(actual) === value || (value.trim() !== "" && Number(value) === actual);
    case "boolean":
      return String(actual) === value;
    default:
      throw new NotComparable();
  }
}

/** A list has the value, a text has it inside, an object has a member of the name. */
function contains(actual: unknown, value: string): boolean {
  if (typeof actual === "string") return actual.includes(value);
  if (Array.isArray(actual)) {
    return actual.some((one) => ["string", "number", "boolean"].includes(typeof one) && equals(one, value));
  }
  if (actual !== null && typeof actual === "object") return Object.hasOwn(actual, value);
  throw new NotComparable();
}

/** RE2 takes time in proportion to the text, whatever the pattern; both come from outside. */
function matches(actual: unknown, pattern: string): boolean {
  if (typeof actual !== "string") throw new NotComparable();
  return RE2JS.compile(pattern).matcher(actual).find();
}

function sizeOf(actual: unknown): number {
  if (typeof actual === "string" || Array.isArray(actual)) return actual.length;
  if (actual !== null && typeof actual === "object") return Object.keys(actual).length;
  throw new NotComparable();
}
