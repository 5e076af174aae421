import type { Db, Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { lockRunAtStage, settleStage, type StageHold } from "../runs/index.ts";
import { judgeStage, type EvaluationVerdict } from "./judge-stage.ts";
import { listResults, lockResult, saveResult } from "./task-result-store.ts";
import type { TaskResult } from "./task-result.ts";

export interface StageDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
  /** What the policies of a stage have come to. */
  readonly listEvaluations: (db: Db, stageId: string) => Promise<readonly EvaluationVerdict[]>;
  readonly wakeJobs: () => void;
  readonly wakeRunners: () => void;
}

/** Moves the run on, or ends it, when nothing of the stage is open any more. The caller wakes jobs and runners afterwards. */
export async function judgeAndSettle(tx: Tx, deps: StageDeps, held: StageHold, now: Millis): Promise<void> {
  const results = await listResults(tx, deps.sealer, [held.stage.id]);
  const outcome = judgeStage(results, await deps.listEvaluations(tx, held.stage.id));
  if (outcome !== undefined) await settleStage(tx, held.run, held.stage, outcome, now);
}

/**
 * Changes a result while its run stands at its stage, under the locks of both, and settles the stage with it. `change`
 * returns undefined to leave it as it is. Undefined: the run does not stand there, or the result was left as it is.
 */
export async function changeResult(
  deps: StageDeps,
  resultOf: { readonly id: string; readonly stageId: string },
  change: (tx: Tx, result: TaskResult, held: StageHold) => Promise<TaskResult | undefined>,
): Promise<TaskResult | undefined> {
  const changed = await deps.db.transaction().execute(async (tx) => {
    const held = await lockRunAtStage(tx, resultOf.stageId);
    const result = held && (await lockResult(tx, deps.sealer, resultOf.id));
    const next = held && result && (await change(tx, result, held));
    if (next === undefined) return undefined;
    await saveResult(tx, next);
    await judgeAndSettle(tx, deps, held as StageHold, deps.now());
    return next;
  });
  if (changed !== undefined) {
    deps.wakeJobs();
    deps.wakeRunners();
  }
  return changed;
}
