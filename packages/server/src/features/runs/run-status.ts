import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/**
 * What a run can be, and what it can become. Source: the statuses of the published API; those of features that Ingot does
 * not have are left out.
 */
const nextStatuses = {
  /** Waits for its turn in the workspace. */
  pending: ["plan_queued", "discarded", "canceled", "errored"],
  /** Waits for a runner. */
  plan_queued: ["planning", "canceled", "errored"],
  planning: ["planned", "planned_and_finished", "planned_and_saved", "errored", "canceled"],
  /** Waits for a person. */
  planned: ["confirmed", "discarded", "errored"],
  /** As `planned`, without holding the workspace. */
  planned_and_saved: ["confirmed", "discarded", "errored"],
  confirmed: ["apply_queued", "canceled", "errored"],
  apply_queued: ["applying", "canceled", "errored"],
  applying: ["applied", "errored", "canceled"],
  applied: [],
  planned_and_finished: [],
  discarded: [],
  errored: [],
  canceled: [],
} as const satisfies Record<string, readonly string[]>;

export type RunStatus = keyof typeof nextStatuses;

export const runStatuses = Object.keys(nextStatuses) as RunStatus[];

export const finalStatuses: readonly RunStatus[] = runStatuses.filter((status) => nextStatuses[status].length === 0);

/** Errors: conflict/run_cannot_move when there is no such arrow. */
export function checkMove(from: RunStatus, to: RunStatus): void {
  const allowed: readonly string[] = nextStatuses[from];
  if (!allowed.includes(to)) {
    throw new DomainError("conflict", "run_cannot_move", `The run is ${from}: it cannot become ${to}.`);
  }
}

export function mayMove(from: RunStatus, to: RunStatus): boolean {
  return (nextStatuses[from] as readonly string[]).includes(to);
}

export type PhaseStatus = "pending" | "queued" | "running" | "finished" | "errored" | "canceled" | "unreachable";

export function isPhaseOver(status: PhaseStatus): boolean {
  return status === "finished" || status === "errored" || status === "canceled" || status === "unreachable";
}

/** What becomes of a phase that is not over when its run ends. */
export function phaseStatusAfter(phase: PhaseStatus, run: RunStatus): PhaseStatus {
  if (isPhaseOver(phase)) return phase;
  if (phase === "running" || phase === "queued") {
    if (run === "errored" || run === "canceled") return run;
  }
  return "unreachable";
}

export interface RunMoment {
  readonly status: RunStatus;
  readonly hasChanges: boolean | null;
  readonly cancelRequestedAt: Millis | null;
  readonly forceCanceledAt: Millis | null;
}

/** While a runner may be at work, or wait for one; a run that waits for a person is discarded instead. */
export function isCancelable(run: RunMoment): boolean {
  return mayMove(run.status, "canceled") && run.cancelRequestedAt === null;
}

/** With a finished plan that nobody has begun to apply. */
export const awaitingApply: readonly RunStatus[] = ["planned", "planned_and_saved", "confirmed", "apply_queued"];

export function mayStillBeStopped(run: { readonly status: RunStatus }): boolean {
  return awaitingApply.includes(run.status);
}

export function isConfirmable(run: RunMoment): boolean {
  return mayMove(run.status, "confirmed");
}

export function isDiscardable(run: RunMoment): boolean {
  return mayMove(run.status, "discarded");
}

// Long enough for an engine to save its state after the interrupt, several times over.
const forceCancelAfterMs = 15_000;

/** When killing the engine is allowed; null before somebody asked it to stop. */
export function forceCancelAvailableAt(run: RunMoment): Millis | null {
  return run.cancelRequestedAt === null ? null : run.cancelRequestedAt + forceCancelAfterMs;
}

export function isForceCancelable(run: RunMoment, now: Millis): boolean {
  const from = forceCancelAvailableAt(run);
  return (
    (run.status === "planning" || run.status === "applying") &&
    from !== null &&
    now >= from &&
    run.forceCanceledAt === null
  );
}

export interface PlanResult {
  readonly planOnly: boolean;
  readonly savePlan: boolean;
  readonly autoApply: boolean;
  readonly allowEmptyApply: boolean;
  readonly hasChanges: boolean;
}

/** Where a run goes after a plan that succeeded, and whether it goes on without a person. */
export function statusAfterPlan(plan: PlanResult): {
  readonly status: "planned" | "planned_and_saved" | "planned_and_finished";
  readonly confirmed: boolean;
} {
  const canApply = !plan.planOnly && (plan.hasChanges || plan.allowEmptyApply);
  if (!canApply) return { status: "planned_and_finished", confirmed: false };
  if (plan.savePlan) return { status: "planned_and_saved", confirmed: false };
  // A plan without changes that was asked for explicitly is applied at once. Source: allow-empty-apply.
  return { status: "planned", confirmed: plan.autoApply || !plan.hasChanges };
}

export interface QueuedRun {
  readonly planOnly: boolean;
  readonly savePlan: boolean;
}

/** Runs that change nothing by themselves neither wait for the workspace nor hold it. */
export function waitsForWorkspace(run: QueuedRun): boolean {
  return !run.planOnly && !run.savePlan;
}
