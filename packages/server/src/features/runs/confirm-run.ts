import type { Actor } from "../access/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { RunDeps } from "./create-run.ts";
import { addComment } from "./add-run-history.ts";
import { confirmedRun, discardSavedPlans, holdWorkspace } from "./move-run.ts";
import { isConfirmable } from "./run-status.ts";
import { lockVisibleRun } from "./run-access.ts";
import type { Run } from "./run.ts";

/**
 * Lets a planned run apply. Of two confirmations one wins. A saved plan takes the workspace now, so it must be free, and
 * the other saved plans end. Errors: not_found/run_not_found, conflict/run_cannot_move, conflict/workspace_locked,
 * invalid/comment.
 */
export async function confirmRun(deps: RunDeps, actor: Actor, id: string, comment?: string): Promise<Run> {
  const by = { id: actor.id, name: actor.name };
  const run = await deps.db.transaction().execute(async (tx) => {
    const { workspace, run } = await lockVisibleRun(tx, actor, id);
    if (!isConfirmable(run)) throw cannot("confirmed", run);
    const now = deps.now();
    if (comment !== undefined) await addComment(tx, { runId: id, body: comment, author: by }, now);
    if (run.status === "planned_and_saved") {
      if (workspace.lock !== null) {
        throw new DomainError(
          "conflict",
          "workspace_locked",
          "The workspace is locked. Apply the saved plan when it is free.",
        );
      }
      await holdWorkspace(tx, run, now);
      await discardSavedPlans(tx, workspace.id, now, run.id);
    }
    return confirmedRun(tx, run, by, now);
  });
  deps.wakeRunners();
  return run;
}

/** Source: the literal title that clients of the published API look for, `transition not allowed`. */
export function cannot(what: string, run: Run): DomainError {
  return new DomainError("conflict", "run_cannot_move", `The run is ${run.status}: it cannot be ${what} now.`);
}
