import { describe, expect, it } from "vitest";
import {
  afterChecks,
  awaitingApply,
  checkMove,
  finalStatuses,
  forceCancelAvailableAt,
  isCancelable,
  isConfirmable,
  isDiscardable,
  isForceCancelable,
  neverEntered,
  phaseStatusAfter,
  runStatuses,
  waitsForWorkspace,
  type PhaseStatus,
  type RunMoment,
  type RunStatus,
} from "./run-status.ts";

/** Every arrow there is, written out apart from the table under test. */
const arrows: Record<RunStatus, string> = {
  pending: "pre_plan_running queuing discarded canceled errored",
  pre_plan_running: "pre_plan_awaiting_decision pre_plan_completed canceled errored",
  pre_plan_awaiting_decision: "pre_plan_running discarded errored",
  pre_plan_completed: "queuing",
  queuing: "plan_queued",
  plan_queued: "planning canceled errored",
  planning: "planned errored canceled",
  planned: "post_plan_running planned_and_finished planned_and_saved confirmed discarded errored",
  post_plan_running: "post_plan_awaiting_decision post_plan_completed discarded canceled errored",
  post_plan_awaiting_decision: "post_plan_running discarded errored",
  post_plan_completed: "planned_and_finished planned_and_saved confirmed discarded errored",
  planned_and_saved: "confirmed discarded errored",
  confirmed: "pre_apply_running queuing_apply",
  pre_apply_running: "pre_apply_completed canceled errored",
  pre_apply_completed: "queuing_apply",
  queuing_apply: "apply_queued",
  apply_queued: "applying canceled errored",
  applying: "post_apply_running applied errored canceled",
  post_apply_running: "post_apply_completed",
  post_apply_completed: "applied",
  applied: "",
  planned_and_finished: "",
  discarded: "",
  errored: "",
  canceled: "",
};

function arrowsFrom(status: RunStatus): RunStatus[] {
  return arrows[status].split(" ").filter((to) => to !== "") as RunStatus[];
}

function aRun(status: RunStatus, more: Partial<RunMoment> = {}): RunMoment {
  return { status, hasChanges: null, cancelRequestedAt: null, forceCanceledAt: null, ...more };
}

describe("the statuses of a run", () => {
  const pairs = runStatuses.flatMap((from) => runStatuses.map((to) => [from, to] as const));

  it.each(pairs)("from %s to %s there is an arrow only where the table has one", (from, to) => {
    if (arrowsFrom(from).includes(to)) expect(() => checkMove(from, to)).not.toThrow();
    else expect(() => checkMove(from, to)).toThrow(expect.objectContaining({ code: "run_cannot_move" }));
  });

  it("are final when nothing follows", () => {
    expect(new Set(finalStatuses)).toEqual(
      new Set(["applied", "planned_and_finished", "discarded", "errored", "canceled"]),
    );
  });

  it.each(runStatuses)("a %s run is canceled, confirmed or discarded only where that leads somewhere", (status) => {
    const to = arrowsFrom(status);
    // After the apply there is nothing to cancel but the stage that follows: the run is applied all the same.
    expect(isCancelable(aRun(status))).toBe(to.includes("canceled") || status === "post_apply_running");
    expect(isConfirmable(aRun(status))).toBe(["planned", "post_plan_completed", "planned_and_saved"].includes(status));
    expect(isDiscardable(aRun(status))).toBe(to.includes("discarded"));
  });

  it.each(runStatuses.filter((status) => !finalStatuses.includes(status)))(
    "a %s run can always still end",
    (status) => {
      const seen = new Set<RunStatus>([status]);
      for (const from of seen) for (const to of arrowsFrom(from)) seen.add(to);
      expect([...seen].some((reached) => finalStatuses.includes(reached))).toBe(true);
    },
  );

  it.each(runStatuses)(
    "whoever looks at a %s run can do something about it, or it is over, or it moves on",
    (status) => {
      const passing = ["pre_plan_completed", "queuing", "confirmed", "pre_apply_completed", "queuing_apply"];
      const known = finalStatuses.includes(status) || [...passing, "post_apply_completed"].includes(status);
      expect(isCancelable(aRun(status)) || isDiscardable(aRun(status))).toBe(!known);
    },
  );

  it("of the published API that no run enters all have a reason, and none is in the table", () => {
    expect(Object.keys(neverEntered).filter((status) => (runStatuses as string[]).includes(status))).toEqual([]);
    expect(Object.values(neverEntered).every((reason) => reason.length > 10)).toBe(true);
  });

  it("may be stopped from the end of the plan until somebody begins to apply", () => {
    expect(awaitingApply).toEqual([
      "planned",
      "post_plan_running",
      "post_plan_awaiting_decision",
      "post_plan_completed",
      "planned_and_saved",
      "confirmed",
      "pre_apply_running",
      "pre_apply_completed",
      "queuing_apply",
      "apply_queued",
    ]);
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

describe("after a plan that succeeded and passed its checks", () => {
  const plan = { planOnly: false, savePlan: false, autoApply: false, allowEmptyApply: false, hasChanges: true };

  it.each([
    ["waits for a person", {}, "wait"],
    ["goes on when it applies by itself", { autoApply: true }, "confirmed"],
    ["ends without changes", { hasChanges: false, autoApply: true }, "planned_and_finished"],
    [
      "ends when it can only plan, whatever else was asked",
      { planOnly: true, autoApply: true },
      "planned_and_finished",
    ],
    [
      "is kept when it was saved, and never applied by itself",
      { savePlan: true, autoApply: true },
      "planned_and_saved",
    ],
    ["ends when it was saved and has no changes", { savePlan: true, hasChanges: false }, "planned_and_finished"],
    ["is applied without changes when that was asked for", { hasChanges: false, allowEmptyApply: true }, "confirmed"],
  ] as const)("a run %s", (_name, more, next) => {
    expect(afterChecks({ ...plan, ...more })).toBe(next);
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
