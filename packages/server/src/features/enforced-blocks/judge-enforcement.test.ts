import { describe, expect, it } from "vitest";
import { judgeRun, judgeVersion, missing, windowMsMax, type Fetch, type PackerRun } from "./judge-enforcement.ts";

const hardening = { blockId: "b", block: "hardening", versionId: "b1", version: "1.0" };
const newer = { ...hardening, versionId: "b2", version: "2.0" };

function aRun(id: string, openedAt: number | null, runningAt: number | null, linked = [hardening]): PackerRun {
  return { id, openedAt, runningAt, linked };
}
const aFetch = (at: number, given = [hardening]): Fetch => ({ at, given });
const a = aRun("a", 10, 20);

describe("a Packer run", () => {
  it("that asked between its beginning and its first build was given the blocks", () => {
    expect(judgeRun(a, [a], [aFetch(15)])).toEqual({ state: "enforced", reason: "asked", blocks: [hardening] });
  });

  it.each([
    ["never asked", []],
    ["saw somebody ask before it began", [aFetch(9)]],
    ["saw somebody ask after its first build had begun", [aFetch(21)]],
  ])("that %s did not get them", (_what, fetches) => {
    expect(judgeRun(a, [a], fetches)).toEqual({ state: "not_enforced", reason: "did_not_ask", blocks: [hardening] });
  });

  it("that never listed its builds is no Packer run, whatever its caller asks", () => {
    expect(judgeRun(aRun("x", null, 20), [], [aFetch(15)])).toMatchObject({
      state: "not_enforced",
      reason: "other_builder",
    });
  });

  it.each([
    ["asked", [aFetch(15, [])]],
    ["did not ask", []],
  ])("of a bucket without blocks needed none, when it %s", (_what, fetches) => {
    expect(judgeRun(aRun("a", 10, 20, []), [], fetches)).toMatchObject({ state: "none_required", blocks: [] });
  });

  it("that asked before a block was linked needed none, and before its version changed the older one", () => {
    expect(judgeRun(a, [a], [aFetch(15, [])])).toMatchObject({ state: "none_required", blocks: [] });
    expect(judgeRun(aRun("a", 10, 20, [newer]), [a], [aFetch(15)])).toMatchObject({
      state: "enforced",
      blocks: [hardening],
    });
  });

  it("is unknown when another of the same caller began at the same time and only one asked", () => {
    const b = aRun("b", 12, 22);
    for (const run of [a, b]) {
      expect(judgeRun(run, [a, b], [aFetch(15)])).toMatchObject({ state: "unknown", reason: "several_runs" });
      expect(judgeRun(run, [a, b], [aFetch(13), aFetch(15)])).toMatchObject({ state: "enforced" });
    }
    // One that has begun and built nothing yet may be the one that asked, for as long as Packer takes to ask.
    const begun = aRun("c", 14, null);
    expect(judgeRun(a, [a, begun], [aFetch(15)])).toMatchObject({ state: "unknown" });
    const longAgo = aRun("d", 9 - windowMsMax, null);
    expect(judgeRun(a, [a, longAgo], [aFetch(15)])).toMatchObject({ state: "enforced" });
  });

  it("is not taken for one that asked because a third asked for a second", () => {
    const b = aRun("b", 12, 30);
    const c = aRun("c", 25, 40);
    // b may have asked at 15 and c at 28: then a did not ask.
    expect(judgeRun(a, [a, b, c], [aFetch(15), aFetch(28)])).toMatchObject({ state: "unknown" });
    expect(judgeRun(a, [a, b, c], [aFetch(15), aFetch(28), aFetch(29)])).toMatchObject({ state: "enforced" });
  });

  it("is unknown when runs that cannot be told apart were given different blocks", () => {
    const b = aRun("b", 12, 22);
    expect(judgeRun(a, [a, b], [aFetch(13, []), aFetch(15)])).toMatchObject({ state: "unknown" });
  });
});

describe("a version", () => {
  const enforced = judgeRun(a, [a], [aFetch(15)]);
  const not = missing([newer], "did_not_ask");
  const unknown = { state: "unknown", reason: "several_runs", blocks: [hardening] } as const;
  const none = missing([], "did_not_ask");

  it.each([
    ["enforced", [enforced, none]],
    ["not_enforced", [enforced, unknown, not]],
    ["unknown", [enforced, unknown, none]],
    ["none_required", [none]],
    ["none_required", []],
  ] as const)("is %s by the worst of its builds", (state, verdicts) => {
    expect(judgeVersion(verdicts).state).toBe(state);
  });

  it("lists what each of its builds should have run once", () => {
    expect(judgeVersion([enforced, not, enforced]).blocks).toEqual([hardening, newer]);
  });
});
