import { lockWorkspaceRow, type Workspace } from "../workspaces/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { continueAfterChecks, endRun, finishApplied, moveRun, queueApply, queuePlan } from "./move-run.ts";
import { findRun, lockRun } from "./run-store.ts";
import type { Run } from "./run.ts";
import { isStageOver, runStatusAt, type StageOutcome, type TaskStage } from "./task-stage.ts";
import { findStage, lockStage, saveStageStatus } from "./task-stage-store.ts";

/*
 * How the features that have their say in a run's stages work with the runs (ADR 20). They
 *   1. give a run that is being made its stages, with `insertStage`, in `RunDeps.prepareStages`;
 *   2. begin their work in the job `stage-begun` (`stageBegunJob`), which is written when the run comes to a stage;
 *   3. say how it went with `settleStage`, once or, where a person may decide, more than once.
 * The run does the rest: it moves on or ends, and a stage that it ends without is closed before anybody has settled it.
 */

export interface StageHold {
  readonly workspace: Workspace;
  readonly run: Run;
  readonly stage: TaskStage;
}

/**
 * Locks a stage with what must be locked before it: the workspace and the run, in this order. Undefined when the run does
 * not stand at this stage, or no longer: then nothing that is said about it counts.
 */
export async function lockRunAtStage(tx: Tx, stageId: string): Promise<StageHold | undefined> {
  const seen = await findStage(tx, stageId);
  const before = seen && (await findRun(tx, seen.runId));
  if (before === undefined) return undefined;
  const workspace = await lockWorkspaceRow(tx, before.workspaceId);
  const run = await lockRun(tx, before.id);
  const stage = await lockStage(tx, stageId);
  if (workspace === undefined || run === undefined || stage === undefined) return undefined;
  return stage.status === "pending" || isStageOver(stage.status) ? undefined : { workspace, run, stage };
}

/**
 * Takes a run on from the stage at which it stands, both locked by {@link lockRunAtStage}. Whoever calls it wakes the
 * runners and the job worker after the transaction. Errors: conflict/run_cannot_move, for an outcome that the stage cannot
 * have now.
 */
export async function settleStage(
  tx: Tx,
  run: Run,
  stage: TaskStage,
  outcome: StageOutcome,
  now: Millis,
): Promise<Run> {
  if (outcome.status === stage.status) return run;
  await saveStageStatus(tx, stage, outcome.status, now);
  switch (outcome.status) {
    case "running":
      return moveRun(tx, run, runStatusAt(stage.kind), now);
    case "awaiting_override":
      return moveRun(
        tx,
        run,
        stage.kind === "pre_plan" ? "pre_plan_awaiting_decision" : "post_plan_awaiting_decision",
        now,
      );
    case "passed":
      return continueFrom(tx, run, stage, now);
    case "failed":
    case "errored":
      // What was applied stays applied.
      if (stage.kind === "post_apply") return continueFrom(tx, run, stage, now);
      return endRun(tx, { ...run, errorMessage: outcome.message }, "errored", now);
  }
}

function continueFrom(tx: Tx, run: Run, stage: TaskStage, now: Millis): Promise<Run> {
  switch (stage.kind) {
    case "pre_plan":
      return queuePlan(tx, run, now);
    case "post_plan":
      return continueAfterChecks(tx, run, now);
    case "pre_apply":
      return queueApply(tx, run, now);
    case "post_apply":
      return finishApplied(tx, run, now);
  }
}
