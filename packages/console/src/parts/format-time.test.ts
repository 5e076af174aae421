import { expect, it } from "vitest";
import { formatDuration, formatRelative } from "./format-time.ts";

const now = Date.parse("2030-01-02T03:04:05Z");

it.each([
  [0, "just now"],
  [-59_000, "just now"],
  [-60_000, "1 minute ago"],
  [-3_599_000, "59 minutes ago"],
  [-86_400_000, "1 day ago"],
  [30_000, "in less than a minute"],
  [7_200_000, "in 2 hours"],
  [604_790_000, "in 7 days"],
])("says of a moment %i ms away: %s", (offset, text) => {
  expect(formatRelative(now + offset, now)).toBe(text);
});

it.each([
  [850, "850 ms"],
  [59_999, "59 s"],
  [125_000, "2 m 05 s"],
  [3_660_000, "1 h 01 m"],
])("writes a duration of %i ms as %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
