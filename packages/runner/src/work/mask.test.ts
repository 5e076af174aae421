import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMasker, maskText } from "./mask.ts";

function maskInChunks(values: readonly string[], chunks: readonly Buffer[]): string {
  const masker = createMasker(values);
  return Buffer.concat([...chunks.map((chunk) => masker.write(chunk)), masker.end()]).toString();
}

describe("masking", () => {
  it.each([
    ["a value", ["hunter2"], "pass hunter2 end", "pass (sensitive value) end"],
    ["every occurrence", ["ab"], "ab-ab", "(sensitive value)-(sensitive value)"],
    ["the longer of two values", ["abc", "abcdef"], "x abcdef y abc z", "x (sensitive value) y (sensitive value) z"],
    ["overlapping values as one", ["abX", "Xyz"], "abXyz!", "(sensitive value)!"],
    ["a value that overlaps itself", ["aa"], "aaaaa.", "(sensitive value)."],
    ["a value as JSON quotes it", ['a"b\\c'], 'x = "a\\"b\\\\c"', 'x = "(sensitive value)"'],
    ["a value as jsonencode writes it", ["a<b&c>d"], "a\\u003cb\\u0026c\\u003ed", "(sensitive value)"],
    [
      "a long value line by line",
      ["first-line-1\nsecond-line"],
      "  + first-line-1\n  + second-line\n",
      "  + (sensitive value)\n  + (sensitive value)\n",
    ],
    ["text beyond ASCII", ["päß€🙂"], "é päß€🙂 é", "é (sensitive value) é"],
    ["nothing for white space", [" ", "\n", ""], "a b\nc", "a b\nc"],
  ])("replaces %s", (_name, values, text, expected) => {
    expect(maskText(values, text)).toBe(expected);
    const bytes = Buffer.from(text);
    expect(
      maskInChunks(
        values,
        [...bytes].map((byte) => Buffer.from([byte])),
      ),
    ).toBe(expected);
  });

  it("gives the same result however the stream is cut, and no value is left in it", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "X", "é"), maxLength: 60 });
    const value = fc.string({ unit: fc.constantFrom("a", "b", "X", "é"), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        text,
        fc.array(value, { maxLength: 4 }),
        fc.array(fc.nat(60), { maxLength: 6 }),
        (text, values, cuts) => {
          const bytes = Buffer.from(text);
          const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
          const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
          const whole = maskText(values, text);
          expect(maskInChunks(values, chunks)).toBe(whole);
          for (const piece of whole.split("(sensitive value)")) {
            for (const value of values) expect(piece).not.toContain(value);
          }
        },
      ),
    );
  });

  it("holds back no more than what may be the beginning of a value", () => {
    const masker = createMasker(["secret-of-many-characters"]);
    expect(masker.write(Buffer.from("Still creating...\n")).toString()).toBe("Still creating...\n");
    expect(masker.write(Buffer.from("x sec")).toString()).toBe("x ");
    expect(masker.end().toString()).toBe("sec");
  });
});
