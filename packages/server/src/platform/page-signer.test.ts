import { describe, expect, it } from "vitest";
import { createPageSigner } from "./page-signer.ts";

const key = new Uint8Array(32).fill(7);
const signer = createPageSigner(key);

describe("a page token", () => {
  it.each(["", '[1,"a"]', "ä\u{1f600}", "x".repeat(3000)])("holds the place %j", (place) => {
    expect(signer.open("list", signer.sign("list", place))).toBe(place);
  });

  it("opens on another replica, and after a restart", () => {
    expect(createPageSigner(new Uint8Array(key)).open("list", signer.sign("list", "here"))).toBe("here");
  });

  it("does not open under another key, for another list, or after any change", () => {
    const token = signer.sign("list", "here");
    expect(createPageSigner(new Uint8Array(32)).open("list", token)).toBeUndefined();
    expect(signer.open("other", token)).toBeUndefined();
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
      // The last character may hold bits that stand for nothing; then it is the same token.
      if (Buffer.from(changed, "base64url").equals(Buffer.from(token, "base64url"))) continue;
      expect(signer.open("list", changed)).toBeUndefined();
    }
  });

  it.each(["", "x", "nonsense", "!!!!", "A".repeat(21), "A".repeat(22)])("%j is none", (token) => {
    expect(signer.open("list", token)).toBeUndefined();
  });
});
