import { expect, it } from "vitest";
import { formatBytes } from "./format-bytes.ts";

it.each([
  [0, "0 bytes"],
  [812, "812 bytes"],
  [1024, "1.0 KiB"],
  [1_500_000, "1.4 MiB"],
  [200 * 1024 * 1024, "200 MiB"],
])("writes %i bytes as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
