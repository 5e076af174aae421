import { describe, expect, it } from "vitest";
import { cutPage, type Key, type KeysetPage } from "./keyset.ts";

const keyOf = (item: number): Key => [item, String(item)];

describe("a keyset page", () => {
  it.each<[string, number[], KeysetPage, { items: number[]; previous: number | null; next: number | null }]>([
    ["the only page", [1, 2], { limit: 2 }, { items: [1, 2], previous: null, next: null }],
    ["the first of several", [1, 2, 3], { limit: 2 }, { items: [1, 2], previous: null, next: 2 }],
    [
      "one in the middle",
      [3, 4, 5],
      { limit: 2, cursor: { side: "after", key: [2, "2"] } },
      { items: [3, 4], previous: 3, next: 4 },
    ],
    [
      "the last one",
      [5],
      { limit: 2, cursor: { side: "after", key: [4, "4"] } },
      { items: [5], previous: 5, next: null },
    ],
    [
      "one in the middle on the way back, read in reverse",
      [4, 3, 2],
      { limit: 2, cursor: { side: "before", key: [5, "5"] } },
      { items: [3, 4], previous: 3, next: 4 },
    ],
    [
      "the first one on the way back",
      [2, 1],
      { limit: 2, cursor: { side: "before", key: [3, "3"] } },
      { items: [1, 2], previous: null, next: 2 },
    ],
    ["an empty list", [], { limit: 2 }, { items: [], previous: null, next: null }],
  ])("is cut out for %s", (_name, rows, page, { items, previous, next }) => {
    expect(cutPage(rows, page, keyOf)).toEqual({
      items,
      previous: previous === null ? null : keyOf(previous),
      next: next === null ? null : keyOf(next),
    });
  });
});
