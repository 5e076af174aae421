import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { StageStatus } from "../runs/index.ts";
import type { TaskEnforcementLevel } from "../run-tasks/index.ts";

export type TaskResultStatus = "pending" | "running" | "passed" | "failed" | "errored" | "canceled" | "unreachable";

/** What a run task has to say about one stage of one run: the task as it was when the run was made. */
export interface TaskResult {
  readonly id: string;
  readonly stageId: string;
  readonly taskId: string;
  /** Null for a task of the whole organization. */
  readonly workspaceTaskId: string | null;
  readonly taskName: string;
  readonly taskUrl: string;
  readonly enforcementLevel: TaskEnforcementLevel;
  readonly isSpeculative: boolean;
  /** As it was settled: see {@link shownStatus}. */
  readonly status: TaskResultStatus;
  readonly statusTimes: Readonly<Partial<Record<TaskResultStatus, Millis>>>;
  readonly message: string | null;
  readonly url: string | null;
  /** In the address of the callback. */
  readonly callbackId: string;
  /** Calls that were made. */
  readonly attempts: number;
  /** When the service took the call. */
  readonly startedAt: Millis | null;
  /** When it was last heard of. */
  readonly progressAt: Millis | null;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

/** One finding of a run task. */
export interface TaskResultOutcome {
  readonly id: string;
  readonly resultId: string;
  readonly outcomeId: string | null;
  readonly description: string;
  readonly tags: readonly OutcomeTag[];
  /** Markdown. */
  readonly body: string | null;
  readonly url: string | null;
  readonly createdAt: Millis;
}

export interface OutcomeTag {
  readonly label: string;
  readonly value: readonly { readonly label: string; readonly level: string }[];
}

export function isResultOver(status: TaskResultStatus): boolean {
  return status !== "pending" && status !== "running";
}

/** The result in its next status. */
export function movedResult(result: TaskResult, status: TaskResultStatus, now: Millis): TaskResult {
  return { ...result, status, statusTimes: { ...result.statusTimes, [status]: now }, updatedAt: now };
}

/**
 * What people are shown: a result that was still open when its run left the stage ended with the stage, and clients poll
 * for as long as any is open. Source: Terraform, internal/cloud/backend_taskStage_taskResults.go.
 */
export function shownStatus<S extends string>(status: S, isOver: boolean, stage: StageStatus): S | StageStatus {
  if (isOver || stage === "pending" || stage === "running" || stage === "awaiting_override") return status;
  return stage === "canceled" ? "canceled" : "unreachable";
}

// Source: HCP Terraform, run tasks integration: progress within 10 minutes, an answer within 60.
export const progressWithinMs = 10 * 60_000;
export const answerWithinMs = 60 * 60_000;

/** When a call that was taken has had its time, if nothing is heard until then. */
export function dueAt(result: Pick<TaskResult, "startedAt" | "progressAt" | "createdAt">): Millis {
  const started = result.startedAt ?? result.createdAt;
  return Math.min((result.progressAt ?? started) + progressWithinMs, started + answerWithinMs);
}

// One a second after the first, the next five, the last 25 seconds later.
const retryDelaysMs = [1000, 5000, 25_000];

/** How long to wait after so many calls that were not taken; null: it was the last. */
export function callAgainAfterMs(attempts: number): number | null {
  return retryDelaysMs[attempts - 1] ?? null;
}

export function taskResultNotFound(): DomainError {
  return new DomainError("not_found", "task_result_not_found", "There is no such task result, or you may not see it.");
}

export function taskStageNotFound(): DomainError {
  return new DomainError("not_found", "task_stage_not_found", "There is no such task stage, or you may not see it.");
}
