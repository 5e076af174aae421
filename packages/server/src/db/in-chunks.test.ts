import { describe, expect, it } from "vitest";
import { inChunks } from "./in-chunks.ts";

describe("work in chunks", () => {
  it("does every item once, in order, and nothing for none", async () => {
    const seen: number[][] = [];
    const work = async (chunk: readonly number[]) => {
      seen.push([...chunk]);
      return chunk.map((n) => n * 2);
    };
    expect(await inChunks([1, 2, 3, 4, 5], work, 2)).toEqual([2, 4, 6, 8, 10]);
    expect(seen).toEqual([[1, 2], [3, 4], [5]]);
    expect(await inChunks([], work)).toEqual([]);
    expect(seen).toHaveLength(3);
  });
});
