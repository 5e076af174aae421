import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/**
 * What somebody finds who looks at a run: it waits for its turn or a runner, somebody works on it, a person must decide, or
 * it is over. A run passes through a `transit` status within one transaction: only its time is ever seen.
 */
type StatusKind = "wait" | "work" | "pause" | "transit" | "final";

/**
 * What canceling a run does in a status: ends it at `once`; asks its `runner`, which may take a while; or gives up the
 * `stage` that is left, since everything has been applied.
 */
type Cancel = "once" | "runner" | "stage";

interface StatusRow {
  readonly kind: StatusKind;
  /** Absent: it cannot be canceled. */
  readonly cancel?: Cancel;
  readonly next: readonly string[];
}

/**
 * What a run can be, and what it can become: every status of the published API that Ingot's runs enter, in the order in
 * which a run passes through them. The rest is in {@link neverEntered}. Source: HCP Terraform API, runs; run states.
 */
const statuses = {
  /** For the workspace to be free. */
  pending: {
    kind: "wait",
    cancel: "once",
    next: ["pre_plan_running", "queuing", "discarded", "canceled", "errored"],
  },
  pre_plan_running: {
    kind: "work",
    cancel: "once",
    next: ["pre_plan_awaiting_decision", "pre_plan_completed", "canceled", "errored"],
  },
  pre_plan_awaiting_decision: { kind: "pause", next: ["pre_plan_running", "discarded", "errored"] },
  pre_plan_completed: { kind: "transit", next: ["queuing"] },
  queuing: { kind: "transit", next: ["plan_queued"] },
  /** For a runner. */
  plan_queued: { kind: "wait", cancel: "once", next: ["planning", "canceled", "errored"] },
  planning: { kind: "work", cancel: "runner", next: ["planned", "canceled", "errored"] },
  /** A pause only where neither a stage nor the end follows. */
  planned: {
    kind: "pause",
    next: ["post_plan_running", "planned_and_finished", "planned_and_saved", "confirmed", "discarded", "errored"],
  },
  post_plan_running: {
    kind: "work",
    cancel: "once",
    next: ["post_plan_awaiting_decision", "post_plan_completed", "discarded", "canceled", "errored"],
  },
  post_plan_awaiting_decision: { kind: "pause", next: ["post_plan_running", "discarded", "errored"] },
  post_plan_completed: {
    kind: "pause",
    next: ["planned_and_finished", "planned_and_saved", "confirmed", "discarded", "errored"],
  },
  /** As `planned`, without holding the workspace. */
  planned_and_saved: { kind: "pause", next: ["confirmed", "discarded", "errored"] },
  confirmed: { kind: "transit", next: ["pre_apply_running", "queuing_apply"] },
  pre_apply_running: { kind: "work", cancel: "once", next: ["pre_apply_completed", "canceled", "errored"] },
  pre_apply_completed: { kind: "transit", next: ["queuing_apply"] },
  queuing_apply: { kind: "transit", next: ["apply_queued"] },
  /** For a runner. */
  apply_queued: { kind: "wait", cancel: "once", next: ["applying", "canceled", "errored"] },
  applying: { kind: "work", cancel: "runner", next: ["post_apply_running", "applied", "canceled", "errored"] },
  /** Whatever its outcome: what was applied stays applied. */
  post_apply_running: { kind: "work", cancel: "stage", next: ["post_apply_completed"] },
  post_apply_completed: { kind: "transit", next: ["applied"] },
  applied: { kind: "final", next: [] },
  planned_and_finished: { kind: "final", next: [] },
  discarded: { kind: "final", next: [] },
  errored: { kind: "final", next: [] },
  canceled: { kind: "final", next: [] },
} as const satisfies Record<string, StatusRow>;

export type RunStatus = keyof typeof statuses;

const rows: Readonly<Record<RunStatus, StatusRow>> = statuses;

/** Statuses of the published API that no run of Ingot enters, and why. Lists may be asked for them, and are empty. */
export const neverEntered: Readonly<Record<string, string>> = {
  fetching: "A configuration has been uploaded before there is a run of it.",
  fetching_completed: "As fetching.",
  tf_policy_checked: "There are no policies in the language of Terraform.",
  tf_policy_override: "As tf_policy_checked.",
  cost_estimating: "There is no cost estimation, and clients are told so by the missing relationship.",
  cost_estimated: "As cost_estimating.",
  policy_checking: "Policies are evaluated in task stages; there are no policy checks in the older way.",
  policy_override: "As policy_checking.",
  policy_soft_failed: "As policy_checking.",
  policy_checked: "As policy_checking.",
  force_canceled: "A run that was killed is canceled, and has the time at which it was killed.",
  assessing: "An assessment is no run.",
  assessed: "As assessing.",
};

export const runStatuses = Object.keys(statuses) as RunStatus[];

function statusesWhere(matches: (row: StatusRow, status: RunStatus) => boolean): readonly RunStatus[] {
  return runStatuses.filter((status) => matches(rows[status], status));
}

export const finalStatuses = statusesWhere((row) => row.kind === "final");

/** In which it waits for a runner, or somebody works on it; neither a person's decision nor the end. */
export const activeStatuses = statusesWhere((row) => row.kind === "wait" || row.kind === "work");

/** In which a runner works on it. */
export const workingStatuses = statusesWhere((row) => row.cancel === "runner");

export const discardableStatuses = statusesWhere((row) => row.next.includes("discarded"));

export const confirmableStatuses = statusesWhere((row) => row.next.includes("confirmed"));

/** With a finished plan that nobody has begun to apply. */
export const awaitingApply = runStatuses.slice(runStatuses.indexOf("planned"), runStatuses.indexOf("applying"));

/** Before anybody has confirmed it; a saved plan is not among them: it waits for as long as it takes. */
export const unconfirmedStatuses = runStatuses.slice(0, runStatuses.indexOf("planned_and_saved"));

/** Errors: conflict/run_cannot_move when there is no such arrow. */
export function checkMove(from: RunStatus, to: RunStatus): void {
  if (!mayMove(from, to)) {
    throw new DomainError("conflict", "run_cannot_move", `The run is ${from}: it cannot become ${to}.`);
  }
}

export function mayMove(from: RunStatus, to: RunStatus): boolean {
  return rows[from].next.includes(to);
}

/** What canceling the run does; undefined when it cannot be canceled. */
export function howToCancel(status: RunStatus): Cancel | undefined {
  return rows[status].cancel;
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

/** While somebody may be at work, or it waits for one; a run that waits for a person is discarded instead. */
export function isCancelable(run: RunMoment): boolean {
  return howToCancel(run.status) !== undefined && run.cancelRequestedAt === null;
}

export function mayStillBeStopped(run: { readonly status: RunStatus }): boolean {
  return awaitingApply.includes(run.status);
}

export function isConfirmable(run: { readonly status: RunStatus }): boolean {
  return confirmableStatuses.includes(run.status);
}

/** It goes no further before a person has decided: to confirm it, or to override what a stage has found. */
export function waitsForPerson(status: RunStatus): boolean {
  return rows[status].kind === "pause";
}

export function isDiscardable(run: { readonly status: RunStatus }): boolean {
  return discardableStatuses.includes(run.status);
}

// Long enough for an engine to save its state after the interrupt, several times over.
const forceCancelAfterMs = 15_000;

/** When killing the engine is allowed; null before somebody asked it to stop. */
export function forceCancelAvailableAt(run: RunMoment): Millis | null {
  return run.cancelRequestedAt === null ? null : run.cancelRequestedAt + forceCancelAfterMs;
}

export function isForceCancelable(run: RunMoment, now: Millis): boolean {
  const from = forceCancelAvailableAt(run);
  return howToCancel(run.status) === "runner" && from !== null && now >= from && run.forceCanceledAt === null;
}

export interface PlanResult {
  readonly planOnly: boolean;
  readonly savePlan: boolean;
  readonly autoApply: boolean;
  readonly allowEmptyApply: boolean;
  readonly hasChanges: boolean;
}

/**
 * Where a run goes once its plan has succeeded and everything that checks plans has passed: to its end, to wait as a saved
 * plan, on to its apply without a person, or it waits for one where it stands.
 */
export function afterChecks(plan: PlanResult): "planned_and_finished" | "planned_and_saved" | "confirmed" | "wait" {
  const canApply = !plan.planOnly && (plan.hasChanges || plan.allowEmptyApply);
  if (!canApply) return "planned_and_finished";
  if (plan.savePlan) return "planned_and_saved";
  // A plan without changes that was asked for explicitly is applied at once. Source: allow-empty-apply.
  return plan.autoApply || !plan.hasChanges ? "confirmed" : "wait";
}

export interface QueuedRun {
  readonly planOnly: boolean;
  readonly savePlan: boolean;
}

/** Runs that change nothing by themselves neither wait for the workspace nor hold it. */
export function waitsForWorkspace(run: QueuedRun): boolean {
  return !run.planOnly && !run.savePlan;
}
