import type { Actor } from "../access/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { cannot } from "./confirm-run.ts";
import type { RunDeps } from "./create-run.ts";
import { addComment } from "./add-run-history.ts";
import { advanceQueue, endRun } from "./move-run.ts";
import { lockVisibleRun } from "./run-access.ts";
import { isDiscardable } from "./run-status.ts";
import { findRun, listRunsInStatus, lockRun } from "./run-store.ts";
import type { Run } from "./run.ts";

/** Ends a run that waits. Errors: not_found/run_not_found, conflict/run_cannot_move. */
export async function discardRun(deps: RunDeps, actor: Actor, id: string, comment?: string): Promise<Run> {
  const run = await deps.db.transaction().execute(async (tx) => {
    const { run } = await lockVisibleRun(tx, actor, id);
    if (!isDiscardable(run)) throw cannot("discarded", run);
    const now = deps.now();
    const author = { id: actor.id, name: actor.name };
    if (comment !== undefined) await addComment(tx, { runId: id, body: comment, author }, now);
    return endRun(tx, run, "discarded", now);
  });
  deps.wakeRunners();
  return run;
}

/**
 * Puts a waiting run at the head of its workspace's queue: the run that waits for a person and everything queued before are
 * discarded. Errors: not_found/run_not_found, forbidden/run_not_waiting when it does not wait behind a run,
 * conflict/run_cannot_move when that one is at work.
 */
export async function forceExecuteRun(deps: RunDeps, actor: Actor, id: string): Promise<Run> {
  const run = await deps.db.transaction().execute(async (tx) => {
    const { workspace, run } = await lockVisibleRun(tx, actor, id);
    if (run.status !== "pending" || workspace.lock?.kind !== "run") {
      throw new DomainError(
        "forbidden",
        "run_not_waiting",
        "Only a pending run that waits for another run can be executed at once.",
      );
    }
    const now = deps.now();
    for (const earlier of await listRunsInStatus(tx, workspace.id, ["pending"])) {
      if (earlier.number < run.number) await endRun(tx, earlier, "discarded", now);
    }
    const blocker = await lockRun(tx, workspace.lock.id);
    if (blocker !== undefined) {
      if (!isDiscardable(blocker)) throw cannot("discarded", blocker);
      await endRun(tx, blocker, "discarded", now);
    }
    await advanceQueue(tx, workspace.id, now);
    return (await findRun(tx, id)) as Run;
  });
  deps.wakeRunners();
  return run;
}
