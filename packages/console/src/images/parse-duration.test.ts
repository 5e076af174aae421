import { expect, it } from "vitest";
import { parseDuration } from "./parse-duration.ts";

it.each([
  ["30m", 1800],
  ["7d", 604_800],
  [" 1d 12h ", 129_600],
])("reads %j", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

it.each(["", "7", "d", "-1d", "0d", "1w", "1.5h", "7d later"])("knows that %j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
