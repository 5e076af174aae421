import type { Millis } from "../../platform/clock.ts";
import type { RunStatus } from "./run-status.ts";

/** Where a run can stop to let others look at it. In the order in which a run passes them. */
export const stageKinds = ["pre_plan", "post_plan", "pre_apply", "post_apply"] as const;
export type StageKind = (typeof stageKinds)[number];

export type StageStatus =
  "pending" | "running" | "awaiting_override" | "passed" | "failed" | "errored" | "canceled" | "unreachable";

/**
 * A point of a run at which run tasks and policies have their say. It exists from the creation of its run on; a run without
 * one at a point does not stop there.
 */
export interface TaskStage {
  readonly id: string;
  readonly runId: string;
  readonly kind: StageKind;
  readonly status: StageStatus;
  /** When it reached each status. */
  readonly statusTimes: Readonly<Partial<Record<StageStatus, Millis>>>;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

export function isStageOver(status: StageStatus): boolean {
  return status !== "pending" && status !== "running" && status !== "awaiting_override";
}

/** What whoever runs a stage has to say about it. */
export type StageOutcome =
  /** Everything that had to pass did. */
  | { readonly status: "passed" }
  /** A person may let it go on. Only of `pre_plan` and `post_plan`. */
  | { readonly status: "awaiting_override" }
  /** Somebody has: what was found is judged anew. */
  | { readonly status: "running" }
  /** The run ends, but for `post_apply`, where it is too late. `message`: why, in a sentence for people. */
  | { readonly status: "failed" | "errored"; readonly message: string };

/** The status of a run while it stands at a stage. */
export function runStatusAt(kind: StageKind): RunStatus & `${StageKind}_running` {
  return `${kind}_running`;
}

/** What becomes of a stage when its run ends without it. */
export function stageStatusAfterRun(stage: StageStatus): StageStatus {
  if (isStageOver(stage)) return stage;
  return stage === "pending" ? "unreachable" : "canceled";
}
