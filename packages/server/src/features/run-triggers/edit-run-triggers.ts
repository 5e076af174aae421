import { actingWith, canSee, type Actor } from "../access/index.ts";
import { findWorkspace, lockWorkspaceRow, visibleWorkspace } from "../workspaces/index.ts";
import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { countSources, deleteRunTriggerRow, findRunTrigger, insertRunTrigger } from "./run-trigger-store.ts";
import { checkPair, runTriggerNotFound, sourcesMax, type RunTrigger } from "./run-trigger.ts";

/**
 * Lets applies of the source start runs in the workspace. The caller needs the route's permission on the workspace, and to
 * read runs of the source. Errors: not_found/workspace_not_found, invalid/run_trigger, invalid/run_triggers_max.
 */
export async function createRunTrigger(
  deps: { readonly db: Db; readonly now: Clock },
  actor: Actor,
  pair: { readonly workspaceId: string; readonly sourceId: string },
): Promise<RunTrigger> {
  return deps.db.transaction().execute(async (tx) => {
    const workspace = visibleWorkspace(actor, await lockWorkspaceRow(tx, pair.workspaceId));
    const source = visibleWorkspace(actingWith(actor, "run:read"), await findWorkspace(tx, pair.sourceId));
    checkPair(workspace.id, source.id);
    if (source.organizationId !== workspace.organizationId) {
      throw new DomainError("invalid", "run_trigger", "Sourceable must be of the same organization.");
    }
    if ((await countSources(tx, workspace.id)) >= sourcesMax) {
      throw new DomainError(
        "invalid",
        "run_triggers_max",
        `A workspace has at most ${sourcesMax} sources. Delete a run trigger first.`,
      );
    }
    const id = await insertRunTrigger(tx, pair, deps.now());
    if (id === undefined) throw new DomainError("invalid", "run_trigger", "Sourceable has already been taken.");
    return (await findRunTrigger(tx, id)) as RunTrigger;
  });
}

/** For whoever may read runs at either end. Errors: not_found/run_trigger_not_found. */
export async function getRunTrigger(db: Db, actor: Actor, id: string): Promise<RunTrigger> {
  const trigger = await findRunTrigger(db, id);
  for (const end of trigger === undefined ? [] : [trigger.workspaceId, trigger.sourceId]) {
    const workspace = await findWorkspace(db, end);
    if (trigger !== undefined && workspace !== undefined && canSee(actor, workspace)) return trigger;
  }
  throw runTriggerNotFound();
}

/** The caller needs the route's permission on the workspace in which runs are started. Errors: not_found/run_trigger_not_found. */
export async function deleteRunTrigger(db: Db, actor: Actor, id: string): Promise<void> {
  const trigger = await findRunTrigger(db, id);
  const workspace = trigger && (await findWorkspace(db, trigger.workspaceId));
  if (workspace === undefined || !canSee(actor, workspace)) throw runTriggerNotFound();
  await deleteRunTriggerRow(db, id);
}
