import { lockRunAtStage } from "../runs/index.ts";
import { enqueueCall, enqueueDue } from "./call-task.ts";
import { judgeAndSettle, type StageDeps } from "./settle-result.ts";
import { listResults } from "./task-result-store.ts";
import { answerWithinMs } from "./task-result.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";

export interface BeginStageDeps extends StageDeps {
  /** Writes the job that evaluates the policies of a stage, if it has any. */
  readonly enqueueEvaluations: (tx: Tx, stageId: string, now: Millis) => Promise<void>;
}

/** The run has come to a stage: its services are called and its policies evaluated, all at the same time. Repeatable. */
export async function beginStage(deps: BeginStageDeps, stageId: string): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const held = await lockRunAtStage(tx, stageId);
    if (held === undefined) return;
    const now = deps.now();
    for (const result of await listResults(tx, deps.sealer, [stageId])) {
      if (result.status !== "pending") continue;
      await enqueueCall(tx, result, now, now);
      // Whatever becomes of the calls, the stage ends.
      await enqueueDue(tx, result, now, now + answerWithinMs);
    }
    await deps.enqueueEvaluations(tx, stageId, now);
    await judgeAndSettle(tx, deps, held, now);
  });
  deps.wakeJobs();
  deps.wakeRunners();
}
