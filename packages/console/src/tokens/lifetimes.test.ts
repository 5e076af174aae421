import { expect, it } from "vitest";
import { endOf } from "./lifetimes.ts";

it("a token lasts as many days as were chosen, or until somebody ends it", () => {
  expect(endOf("30", 0)).toBe("1970-01-31T00:00:00.000Z");
  expect(endOf("365", 0)).toBe("1971-01-01T00:00:00.000Z");
  expect(endOf("never", 0)).toBeNull();
});
