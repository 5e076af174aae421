import { describe, expect, it } from "vitest";
import { jitterOf, nextDueAt, whyNotAssessable, whyNotScheduled, type AssessmentFacts } from "./schedule.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const now = 1_000 * dayMs;

function facts(change: Partial<AssessmentFacts> = {}): AssessmentFacts {
  return {
    workspaceId: "ws-1",
    organizationId: "org",
    enabled: true,
    enforced: false,
    executionMode: "remote",
    resourceCount: 3,
    stateIsEncrypted: false,
    lastApplyAt: now,
    configurationVersionId: "cv-1",
    hasActiveRun: false,
    latestRun: { status: "applied", planOnly: false },
    latestApplyingRunStatus: "applied",
    lastAssessmentAt: null,
    wasFoundWrong: false,
    activeAssessmentId: null,
    ...change,
  };
}

describe("a workspace", () => {
  it.each([
    ["without runners", { executionMode: "local" }, "no_runner_mode"],
    ["that was never applied", { lastApplyAt: null, configurationVersionId: null }, "never_applied"],
    ["without a state", { resourceCount: null }, "no_resources"],
    ["without resources", { resourceCount: 0 }, "no_resources"],
    ["with an active run", { hasActiveRun: true }, "run_active"],
    ["that is being assessed", { activeAssessmentId: "asmtres-1" }, "assessment_active"],
  ] as const)("%s cannot be assessed", (_what, change, code) => {
    expect(whyNotAssessable(facts(change))).toMatchObject({ code });
    expect(whyNotScheduled(facts(change))).toMatchObject({ code });
  });

  it("with an encrypted state can be assessed: how many resources it holds is not known", () => {
    expect(whyNotAssessable(facts({ resourceCount: 0, stateIsEncrypted: true }))).toBeUndefined();
  });

  it.each([
    ["errored", { latestRun: { status: "errored", planOnly: false }, latestApplyingRunStatus: "errored" }],
    ["canceled", { latestRun: { status: "canceled", planOnly: false }, latestApplyingRunStatus: "canceled" }],
    ["discarded", { latestRun: { status: "discarded", planOnly: false }, latestApplyingRunStatus: "discarded" }],
    ["errored and only planned", { latestRun: { status: "errored", planOnly: true } }],
    [
      "canceled, with a look at something else since",
      { latestRun: { status: "planned_and_finished", planOnly: true }, latestApplyingRunStatus: "canceled" },
    ],
  ] as const)("whose latest run was %s is left out by the schedule, not on demand", (_what, change) => {
    expect(whyNotScheduled(facts(change))).toMatchObject({ code: "run_failed" });
    expect(whyNotAssessable(facts(change))).toBeUndefined();
  });

  it.each([
    ["changed nothing", { latestRun: { status: "planned_and_finished", planOnly: false } }],
    ["was a look that somebody canceled", { latestRun: { status: "canceled", planOnly: true } }],
  ] as const)("whose latest run %s stays on the schedule", (_what, change) => {
    expect(whyNotScheduled(facts(change))).toBeUndefined();
  });
});

describe("the next assessment", () => {
  it("is due an interval after the last apply or assessment, whichever was later", () => {
    const own = Math.floor(jitterOf("ws-1") * 0.1 * dayMs);
    expect(nextDueAt(facts(), dayMs)).toBe(now + dayMs + own);
    expect(nextDueAt(facts({ lastAssessmentAt: now + hourMs }), dayMs)).toBe(now + hourMs + dayMs + own);
    expect(nextDueAt(facts({ lastAssessmentAt: now - hourMs }), dayMs)).toBe(now + dayMs + own);
  });

  it("is due a minute after an apply when the workspace was found wrong before it, and not again after that", () => {
    const repaired = facts({ wasFoundWrong: true, lastAssessmentAt: now - hourMs });
    expect(nextDueAt(repaired, dayMs)).toBe(now + 60_000);
    expect(nextDueAt(repaired, 1000)).toBe(now + 1000);
    expect(nextDueAt({ ...repaired, lastAssessmentAt: now + 60_000 }, dayMs)).toBeGreaterThan(now + dayMs);
    expect(nextDueAt({ ...repaired, wasFoundWrong: false }, dayMs)).toBeGreaterThanOrEqual(now + dayMs);
  });

  it("is never, unless the workspace or its organization asks for it", () => {
    expect(nextDueAt(facts({ enabled: false }), dayMs)).toBeNull();
    expect(nextDueAt(facts({ enabled: false, enforced: true }), dayMs)).not.toBeNull();
    expect(nextDueAt(facts({ lastApplyAt: null }), dayMs)).toBeNull();
  });

  it("of workspaces that were applied together comes at different times, and always within a tenth of the interval", () => {
    const dues = Array.from(
      { length: 200 },
      (_, index) => nextDueAt(facts({ workspaceId: `ws-${index}` }), dayMs) ?? 0,
    );
    const late = dues.map((due) => (due - now - dayMs) / (0.1 * dayMs));
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThan(1);
    for (let tenth = 0; tenth < 10; tenth++) {
      const here = late.filter((share) => share >= tenth / 10 && share < (tenth + 1) / 10).length;
      expect(here).toBeGreaterThan(5);
    }
    expect(nextDueAt(facts({ workspaceId: "ws-7" }), dayMs)).toBe(dues[7]);
  });
});
