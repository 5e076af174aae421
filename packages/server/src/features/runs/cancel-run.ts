import type { Actor } from "../access/index.ts";
import { cannot } from "./confirm-run.ts";
import type { RunDeps } from "./create-run.ts";
import { addComment } from "./add-run-history.ts";
import { endRun, finishApplied } from "./move-run.ts";
import { lockVisibleRun } from "./run-access.ts";
import { howToCancel, isForceCancelable } from "./run-status.ts";
import { saveRun } from "./run-store.ts";
import type { Run } from "./run.ts";

/**
 * Asks a run to stop. One that no runner works on ends at once; otherwise its runner is told with its next heartbeat, and
 * the run keeps its status until the runner reports. Of one that has been applied only the stage that follows is given up. Asking twice changes nothing. Errors: not_found/run_not_found,
 * conflict/run_cannot_move. Source: go-tfe run.go, Cancel.
 */
export async function cancelRun(deps: RunDeps, actor: Actor, id: string, comment?: string): Promise<Run> {
  const by = { id: actor.id, name: actor.name };
  const run = await deps.db.transaction().execute(async (tx) => {
    const { run } = await lockVisibleRun(tx, actor, id);
    const how = howToCancel(run.status);
    if (how === undefined) throw cannot("canceled", run);
    if (run.cancelRequestedAt !== null) return run;
    const now = deps.now();
    if (comment !== undefined) await addComment(tx, { runId: id, body: comment, author: by }, now);
    const asked: Run = { ...run, cancelRequestedAt: now, canceledBy: by, updatedAt: now };
    if (how === "once") return endRun(tx, asked, "canceled", now);
    if (how === "stage") return finishApplied(tx, asked, now);
    await saveRun(tx, asked);
    return asked;
  });
  deps.wakeRunners();
  return run;
}

/**
 * Has the engine killed that did not stop when it was asked. Errors: not_found/run_not_found, conflict/run_cannot_move,
 * also before the time that the run names.
 */
export async function forceCancelRun(deps: RunDeps, actor: Actor, id: string, comment?: string): Promise<Run> {
  const by = { id: actor.id, name: actor.name };
  return deps.db.transaction().execute(async (tx) => {
    const { run } = await lockVisibleRun(tx, actor, id);
    const now = deps.now();
    if (!isForceCancelable(run, now)) throw cannot("canceled by force", run);
    if (comment !== undefined) await addComment(tx, { runId: id, body: comment, author: by }, now);
    const killed: Run = { ...run, forceCanceledAt: now, updatedAt: now };
    await saveRun(tx, killed);
    return killed;
  });
}
