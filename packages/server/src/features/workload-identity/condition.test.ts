import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMet, parseCondition, type Condition } from "./condition.ts";

const claims = {
  sub: "repo:acme/web:ref:refs/heads/main",
  groups: ["dev", "ops"],
  none: [],
  "kubernetes.io": { namespace: "build" },
  count: 3,
  verified: true,
  nothing: null,
  quoted: 'a "b" \\ c',
};
const facts = { jwt_claims: claims };
const meets = (text: string) => isMet(parseCondition(text, "jwt_claims"), facts);

describe("a conditional access statement", () => {
  it.each([
    'jwt_claims.sub == "repo:acme/web:ref:refs/heads/main"',
    "jwt_claims.sub == `repo:acme/web:ref:refs/heads/main`",
    'jwt_claims.sub != "x"',
    'jwt_claims["sub"] matches "^repo:acme/[a-z]+:"',
    'jwt_claims.sub matches "acme"',
    'jwt_claims.sub not matches "^acme"',
    'jwt_claims.sub contains "acme/web"',
    '"ops" in jwt_claims.groups',
    '"admin" not in jwt_claims.groups',
    'jwt_claims.groups contains "dev"',
    'jwt_claims.groups not contains "root"',
    "jwt_claims.none is empty",
    "jwt_claims.groups is not empty",
    'jwt_claims["kubernetes.io"].namespace == "build"',
    '"namespace" in jwt_claims["kubernetes.io"]',
    'jwt_claims.count == 3 and jwt_claims.count == "3" and jwt_claims.count != 4',
    'jwt_claims.verified == "true"',
    'jwt_claims.quoted == "a \\"b\\" \\\\ c"',
    'not jwt_claims.sub == "x"',
    'not not jwt_claims.verified == "true"',
    // `and` binds more than `or`, `not` more than `and`.
    'jwt_claims.sub == "x" and jwt_claims.sub == "x" or jwt_claims.verified == "true"',
    'not jwt_claims.sub == "x" and jwt_claims.verified == "true"',
    '(jwt_claims.sub == "x" or jwt_claims.verified == "true") and "dev" in jwt_claims.groups',
  ])("is met: %s", (text) => {
    expect(meets(text)).toBe(true);
  });

  it.each([
    'jwt_claims.sub == "repo:acme/web"',
    'jwt_claims.sub != "repo:acme/web:ref:refs/heads/main"',
    'jwt_claims.sub matches "^acme"',
    '"admin" in jwt_claims.groups',
    "jwt_claims.groups is empty",
    'jwt_claims.sub == "x" and (jwt_claims.sub == "x" or jwt_claims.verified == "true")',
    'not (jwt_claims.verified == "true" or jwt_claims.sub == "x")',
  ])("is not met: %s", (text) => {
    expect(meets(text)).toBe(false);
  });

  it.each([
    'jwt_claims.missing == "x"',
    'jwt_claims.missing != "x"',
    'not jwt_claims.missing == "x"',
    'not (jwt_claims.verified == "true" and jwt_claims.missing == "x")',
    "jwt_claims.missing is empty",
    '"x" not in jwt_claims.missing',
    'jwt_claims.missing not matches "x"',
    'jwt_claims.groups != "x"',
    'jwt_claims.nothing != "x"',
    "jwt_claims.count is not empty",
    'jwt_claims.count not matches "x"',
    'jwt_claims.sub.length != "x"',
    'jwt_claims.groups["0"] != "x"',
    'jwt_claims.constructor.name != "x"',
    'jwt_claims["__proto__"] is empty',
  ])("is met by no absence: %s", (text) => {
    expect(meets(text)).toBe(false);
  });

  it.each([
    ["", "5 to 511"],
    [`jwt_claims.sub == "${"x".repeat(500)}"`, "5 to 511"],
    ["jwt_claims", "end"],
    ["jwt_claims.sub", "end"],
    ["jwt_claims. == 1", "character 13"],
    ["jwt_claims.sub = 1", "character 16"],
    ["jwt_claims.sub == x", "in quotes"],
    ['jwt_claims.sub == "x', "character 19"],
    ['jwt_claims.sub == "\\x"', "escape"],
    ['jwt_claims.sub == "x" jwt_claims.sub == "y"', "character 23"],
    ['(jwt_claims.sub == "x"', "end"],
    ['jwt_claims.sub == "x")', "character 22"],
    ["jwt_claims.sub is x", "empty"],
    ["jwt_claims.sub not x", "matches"],
    ['"x" jwt_claims.sub', "in"],
    ['jwt_claims[sub] == "x"', "quotes"],
    ['jwt_claims["sub" == "x"', "]"],
    ['aws.arn == "x"', "jwt_claims"],
    ['claims.sub == "x"', "jwt_claims"],
    ['jwt_claims.sub matches "(?=x)"', "RE2"],
    ['jwt_claims.sub matches "("', "RE2"],
    ["and and and", "character 1"],
  ])("is refused with a word about where: %s", (text, words) => {
    expect(() => parseCondition(text, "jwt_claims")).toThrow(words);
  });

  it("takes no longer for a pattern made to backtrack", () => {
    const long = { jwt_claims: { sub: `${"a".repeat(10_000)}b` } };
    const from = performance.now();
    expect(isMet(parseCondition('jwt_claims.sub matches "^(a+)+$"', "jwt_claims"), long)).toBe(false);
    expect(performance.now() - from).toBeLessThan(2000);
  });
});

const name = fc.stringMatching(/^[a-z]{1,3}$/).filter((word) => !["and", "or", "not", "in", "is"].includes(word));
const value = fc.string({ maxLength: 4 }).filter((text) => !/[\n\r]/.test(text));
const selector = fc.array(name, { minLength: 1, maxLength: 2 }).map((names) => ["jwt_claims", ...names]);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({ op: fc.constantFrom("equals" as const, "contains" as const), selector, value }),
    fc.record({ op: fc.constant("is empty" as const), selector }),
    fc.record({ op: fc.constant("not" as const), of: tie("condition") }),
    fc.record({ op: fc.constantFrom("and" as const, "or" as const), left: tie("condition"), right: tie("condition") }),
  ),
}));

/** With brackets around everything, so that it says nothing about how the operators bind. */
function write(one: Condition): string {
  const at = (names: readonly string[]) => names.join(".");
  switch (one.op) {
    case "and":
    case "or":
      return `(${write(one.left)}) ${one.op} (${write(one.right)})`;
    case "not":
      return `not (${write(one.of)})`;
    case "equals":
      return `${at(one.selector)} == ${JSON.stringify(one.value)}`;
    case "is empty":
      return `${at(one.selector)} is empty`;
    default:
      return `${at(one.selector)} ${one.op} ${JSON.stringify(one.value)}`;
  }
}

describe("every statement", () => {
  const short = condition.filter((one) => write(one).length <= 511);

  it("that is written down is read as what it was", () => {
    fc.assert(
      fc.property(short, (one) => {
        expect(parseCondition(write(one), "jwt_claims")).toEqual(one);
      }),
    );
  });

  it("is refused as a whole or read, never anything else, whatever the text", () => {
    const pieces = fc.constantFrom(
      ...'jwt_claims . [ ] ( ) "x" `y` == != and or not in is empty contains matches 1 \\ "'.split(" "),
    );
    const text = fc.oneof(
      fc.string({ maxLength: 600 }),
      fc.array(pieces, { maxLength: 80 }).map((words) => words.join(" ")),
    );
    fc.assert(
      fc.property(text, (input) => {
        try {
          isMet(parseCondition(input, "jwt_claims"), facts);
        } catch (error) {
          expect(error).toMatchObject({ kind: "invalid", code: "condition" });
        }
      }),
    );
  });

  it("is met by no facts that lack everything it names", () => {
    fc.assert(
      fc.property(short, (one) => {
        expect(isMet(one, { jwt_claims: {} })).toBe(false);
      }),
    );
  });
});
