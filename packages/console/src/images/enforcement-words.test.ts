import { describe, expect, it } from "vitest";
import { explainEnforcement } from "./enforcement-words.ts";

describe("why a version is enforced or not", () => {
  it("is said with the blocks it should have run", () => {
    const blocks = [
      { block: "hardening", version: "1.0" },
      { block: "agent", version: "7" },
    ];
    expect(explainEnforcement({ reason: "did_not_ask", blocks })).toMatch(
      /-skip-enforcement.*\. It had to run hardening 1\.0, agent 7\.$/,
    );
    expect(explainEnforcement({ reason: "nothing_linked", blocks: [] })).toBe(
      "No block was linked when its builds began.",
    );
  });
});
