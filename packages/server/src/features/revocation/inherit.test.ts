import { describe, expect, it } from "vitest";
import { inheritedRevocations, type OrderedRevocation } from "./inherit.ts";
import { parseDurationMs } from "./revocation.ts";

const ordered = (versionId: string, revokeAt: number): [string, OrderedRevocation] => [
  versionId,
  { versionId, revokeAt, message: "", author: "" },
];
const edge = (parentId: string, childId: string) => ({ parentId, childId });

describe("an inherited revocation", () => {
  const edges = [edge("a", "b"), edge("b", "c"), edge("x", "c"), edge("c", "d")];
  const sourceOf = (id: string, orders: [string, OrderedRevocation][], among = edges) =>
    inheritedRevocations([id], among, new Map(orders)).get(id)?.versionId;

  it("comes from the nearest or the farthest ancestor alike", () => {
    expect(sourceOf("d", [ordered("a", 1)])).toBe("a");
    expect(sourceOf("d", [ordered("c", 1)])).toBe("c");
    expect(sourceOf("b", [ordered("c", 1)])).toBeUndefined();
    expect(sourceOf("a", [ordered("a", 1)])).toBeUndefined();
  });

  it("is the earliest of several, and of two at once that of the older version", () => {
    expect(sourceOf("d", [ordered("a", 2), ordered("x", 1)])).toBe("x");
    expect(sourceOf("d", [ordered("a", 1), ordered("c", 2)])).toBe("a");
    expect(sourceOf("d", [ordered("x", 1), ordered("a", 1)])).toBe("a");
  });

  it("is found even when the data goes in a circle", () => {
    const circle = [edge("a", "b"), edge("b", "a")];
    expect(sourceOf("b", [ordered("a", 1)], circle)).toBe("a");
  });
});

describe("a duration", () => {
  it.each([
    ["0s", 0],
    ["30d", 30 * 86_400_000],
    ["2h45m", 9_900_000],
    ["1.5h", 5_400_000],
    ["-5m", -300_000],
    ["+1s", 1000],
  ])("%s has %d milliseconds", (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each(["", "5", "h", "1w", "1h 5m", "1h-5m", "1.h", "9999999d", "1e3s"])("cannot be written %j", (text) => {
    expect(() => parseDurationMs(text)).toThrowError(expect.objectContaining({ code: "revoke_in" }));
  });
});
