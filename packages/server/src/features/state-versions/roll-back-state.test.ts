import { describe, expect, it } from "vitest";
import { withSerial } from "./roll-back-state.ts";

describe("a state that is rolled back to", () => {
  it("gets another serial and keeps every other byte, large numbers too", () => {
    const state = '{\n  "version": 4,\n  "serial": 7,\n  "outputs": {"n": {"value": 12345678901234567890}}\n}';
    expect(withSerial(Buffer.from(state), 12).toString()).toBe(state.replace('"serial": 7', '"serial": 12'));
  });

  it.each([
    ["is encrypted", '{"serial":1,"lineage":"l","encrypted_data":"x"}'],
    ["is no JSON", "opaque"],
    ["has the serial of something else first", '{"outputs":{"o":{"value":{"serial":1}}},"version":4,"serial":7}'],
    ["has no serial", '{"version":4}'],
  ])("is refused when it %s", (_, state) => {
    expect(() => withSerial(Buffer.from(state), 12)).toThrow(expect.objectContaining({ code: "state_not_readable" }));
  });
});
