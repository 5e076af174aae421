import { describe, expect, it } from "vitest";
import { createRefusalLimit } from "./refusal-limit.ts";

describe("refusals of callers whom nobody knows", () => {
  it("are recorded one by one up to 60 a minute and address, and counted beyond", () => {
    const limit = createRefusalLimit();
    const admitted = Array.from({ length: 100 }, () => limit.admit("192.0.2.1", 0)).filter(Boolean);
    expect(admitted).toHaveLength(60);
    expect(limit.admit("192.0.2.2", 0)).toBe(true);
    expect(limit.takeCounts(59_999, { all: false })).toEqual([]);
    expect(limit.takeCounts(60_000, { all: false })).toEqual([{ clientIp: "192.0.2.1", since: 0, count: 40 }]);
    expect(limit.takeCounts(60_000, { all: true })).toEqual([]);
    expect(limit.admit("192.0.2.1", 60_000)).toBe(true);
  });

  it("of more addresses than are kept share a window, so that memory stays bounded", () => {
    const limit = createRefusalLimit();
    for (let i = 0; i < 10_000; i++) limit.admit(`a${i}`, 0);
    for (let i = 0; i < 61; i++) limit.admit(`b${i}`, 0);
    expect(limit.takeCounts(0, { all: true })).toEqual([{ clientIp: "others", since: 0, count: 1 }]);
  });
});
