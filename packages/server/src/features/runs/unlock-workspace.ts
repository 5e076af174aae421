import type { Actor } from "../access/index.ts";
import { discardPendingStateVersions, findPendingStateVersion } from "../state-versions/index.ts";
import {
  describeLock,
  lockWorkspaceRow,
  setWorkspaceLock,
  visibleWorkspace,
  type Workspace,
} from "../workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { RunDeps } from "./create-run.ts";
import { advanceQueue } from "./move-run.ts";

// Newer clients ask again without limit while an upload is pending: one that never comes must not hang them for ever.
const pendingUploadMs = 60_000;

/**
 * Takes the lock from whoever holds it, and lets the next run begin. Without `force` only the holder may, and not while the
 * state it announced is still to be uploaded; a run's lock ends with the run alone. Errors: conflict/workspace_unlocked,
 * conflict/workspace_locked, invalid/state_pending, forbidden/locked_by_run, not_found/workspace_not_found.
 */
export async function unlockWorkspace(
  deps: RunDeps,
  actor: Actor,
  id: string,
  options: { readonly force: boolean },
): Promise<Workspace> {
  const workspace = await deps.db.transaction().execute(async (tx) => {
    const workspace = visibleWorkspace(actor, await lockWorkspaceRow(tx, id));
    const { lock } = workspace;
    if (lock === null) throw new DomainError("conflict", "workspace_unlocked", "Workspace already unlocked.");
    if (lock.kind === "run" && options.force) {
      throw new DomainError(
        "forbidden",
        "locked_by_run",
        `${describeLock(lock)} Cancel or discard this run instead: its lock ends with it.`,
      );
    }
    if (!options.force && (lock.kind === "run" || lock.id !== actor.id)) {
      throw new DomainError("conflict", "workspace_locked", describeLock(lock));
    }
    const now = deps.now();
    const pending = await findPendingStateVersion(tx, id);
    if (pending !== undefined && !options.force && pending.createdAt > now - pendingUploadMs) {
      throw new DomainError("invalid", "state_pending", "The latest state version is still pending.");
    }
    await discardPendingStateVersions(tx, id);
    await setWorkspaceLock(tx, id, null);
    await advanceQueue(tx, id, now);
    return visibleWorkspace(actor, await lockWorkspaceRow(tx, id));
  });
  deps.wakeRunners();
  return workspace;
}
