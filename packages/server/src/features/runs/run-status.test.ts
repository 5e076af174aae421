import { describe, expect, it } from "vitest";
import {
  checkMove,
  finalStatuses,
  forceCancelAvailableAt,
  isCancelable,
  isConfirmable,
  isDiscardable,
  isForceCancelable,
  phaseStatusAfter,
  runStatuses,
  statusAfterPlan,
  waitsForWorkspace,
  type PhaseStatus,
  type RunMoment,
  type RunStatus,
} from "./run-status.ts";

/** Every arrow there is, written out apart from the table under test. */
const arrows: Record<RunStatus, string> = {
  pending: "plan_queued discarded canceled errored",
  plan_queued: "planning canceled errored",
  planning: "planned planned_and_finished planned_and_saved errored canceled",
  planned: "confirmed discarded errored",
  planned_and_saved: "confirmed discarded errored",
  confirmed: "apply_queued canceled errored",
  apply_queued: "applying canceled errored",
  applying: "applied errored canceled",
  applied: "",
  planned_and_finished: "",
  discarded: "",
  errored: "",
  canceled: "",
};

function aRun(status: RunStatus, more: Partial<RunMoment> = {}): RunMoment {
  return { status, hasChanges: null, cancelRequestedAt: null, forceCanceledAt: null, ...more };
}

describe("the statuses of a run", () => {
  const pairs = runStatuses.flatMap((from) => runStatuses.map((to) => [from, to] as const));

  it.each(pairs)("from %s to %s there is an arrow only where the table has one", (from, to) => {
    if (arrows[from].split(" ").includes(to)) expect(() => checkMove(from, to)).not.toThrow();
    else expect(() => checkMove(from, to)).toThrow(expect.objectContaining({ code: "run_cannot_move" }));
  });

  it("are final when nothing follows", () => {
    expect(new Set(finalStatuses)).toEqual(
      new Set(["applied", "planned_and_finished", "discarded", "errored", "canceled"]),
    );
  });

  it.each(runStatuses)("a %s run is canceled, confirmed or discarded only where that leads somewhere", (status) => {
    const to = arrows[status].split(" ");
    expect(isCancelable(aRun(status))).toBe(to.includes("canceled"));
    expect(isConfirmable(aRun(status))).toBe(status === "planned" || status === "planned_and_saved");
    expect(isDiscardable(aRun(status))).toBe(to.includes("discarded"));
  });

  it("a run that was asked to stop is not cancelable again", () => {
    expect(isCancelable(aRun("planning", { cancelRequestedAt: 1 }))).toBe(false);
  });

  it("a run may be killed only after it was asked to stop and had time to, once, and while it works", () => {
    const asked = aRun("applying", { cancelRequestedAt: 1000 });
    const from = forceCancelAvailableAt(asked) as number;
    expect(from).toBeGreaterThan(1000 + 1000);
    expect(isForceCancelable(asked, from - 1)).toBe(false);
    expect(isForceCancelable(asked, from)).toBe(true);
    expect(isForceCancelable({ ...asked, forceCanceledAt: from }, from)).toBe(false);
    expect(isForceCancelable(aRun("applying"), from)).toBe(false);
    expect(isForceCancelable({ ...asked, status: "canceled" }, from)).toBe(false);
  });
});

describe("after a plan that succeeded", () => {
  const plan = { planOnly: false, savePlan: false, autoApply: false, allowEmptyApply: false, hasChanges: true };

  it.each([
    ["waits for a person", {}, "planned", false],
    ["goes on when it applies by itself", { autoApply: true }, "planned", true],
    ["ends without changes", { hasChanges: false, autoApply: true }, "planned_and_finished", false],
    [
      "ends when it can only plan, whatever else was asked",
      { planOnly: true, autoApply: true },
      "planned_and_finished",
      false,
    ],
    [
      "is kept when it was saved, and never applied by itself",
      { savePlan: true, autoApply: true },
      "planned_and_saved",
      false,
    ],
    ["ends when it was saved and has no changes", { savePlan: true, hasChanges: false }, "planned_and_finished", false],
    [
      "is applied without changes when that was asked for",
      { hasChanges: false, allowEmptyApply: true },
      "planned",
      true,
    ],
  ] as const)("a run %s", (_name, more, status, confirmed) => {
    expect(statusAfterPlan({ ...plan, ...more })).toEqual({ status, confirmed });
  });

  it("only runs that can change something wait for the workspace", () => {
    expect(waitsForWorkspace({ planOnly: false, savePlan: false })).toBe(true);
    expect(waitsForWorkspace({ planOnly: true, savePlan: false })).toBe(false);
    expect(waitsForWorkspace({ planOnly: false, savePlan: true })).toBe(false);
  });
});

describe("a phase whose run ends", () => {
  it.each([
    ["pending", "errored", "unreachable"],
    ["pending", "canceled", "unreachable"],
    ["pending", "discarded", "unreachable"],
    ["queued", "canceled", "canceled"],
    ["running", "canceled", "canceled"],
    ["running", "errored", "errored"],
    ["finished", "errored", "finished"],
    ["errored", "errored", "errored"],
  ] as const)("%s, with the run %s, becomes %s", (phase: PhaseStatus, run: RunStatus, expected: PhaseStatus) => {
    expect(phaseStatusAfter(phase, run)).toBe(expected);
  });
});
