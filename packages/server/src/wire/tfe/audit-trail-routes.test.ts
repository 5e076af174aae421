import { describe, expect, it } from "vitest";
import { wholeSeconds } from "./audit-trail-routes.ts";

describe("an answer of the audit trail", () => {
  const second = Date.parse("2026-01-01T12:00:05Z");
  const at = (ms: number) => ({ at: new Date(second + ms).toISOString() });

  /** Asked in the middle of the second: what it has, what it waited for, and until when it read. */
  async function answer(...reads: { at: string }[][]) {
    const waits: number[] = [];
    const bounds: number[] = [];
    const read = async (before: number) => {
      bounds.push(before - second);
      return { items: reads[bounds.length - 1] ?? [] };
    };
    const { items } = await wholeSeconds(read, second + 400, async (ms) => waits.push(ms));
    return { items, waits, bounds };
  }

  it("comes at once without records of the running second", async () => {
    const old = [at(-5000), at(-1)];
    expect(await answer(old, [])).toEqual({ items: old, waits: [], bounds: [1000] });
  });

  it("that would end in the running second waits until it is over, and has all of it and nothing younger", async () => {
    const all = [at(-1), at(100), at(900)];
    expect(await answer([at(-1), at(100)], all)).toEqual({ items: all, waits: [850], bounds: [1000, 1000] });
  });
});
