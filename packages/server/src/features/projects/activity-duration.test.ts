import { describe, expect, it } from "vitest";
import { parseActivityDuration } from "./activity-duration.ts";

describe("how long after its last change a workspace is destroyed", () => {
  it.each([
    ["1h", 3_600_000],
    ["14d", 14 * 24 * 3_600_000],
    ["9999h", 9999 * 3_600_000],
  ])("%s is %d ms", (text, ms) => {
    expect(parseActivityDuration(text)).toBe(ms);
  });

  it.each(["", "0d", "20m", "bar", "12345d", "-1d", "1.5d", "1d ", "d"])("%j is none", (text) => {
    expect(() => parseActivityDuration(text)).toThrow(expect.objectContaining({ code: "auto_destroy_duration" }));
  });
});
