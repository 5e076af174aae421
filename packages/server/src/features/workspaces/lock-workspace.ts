import type { Actor } from "../access/index.ts";
import type { WorkspaceDeps } from "./create-workspace.ts";
import { lockWorkspaceRow, setWorkspaceLock } from "./workspace-store.ts";
import { checkUnlocked, visibleWorkspace, type Workspace, type WorkspaceLock } from "./workspace.ts";

/** Gives the workspace to the actor. Errors: not_found/workspace_not_found, conflict/workspace_locked, also for its holder. */
export async function lockWorkspace(deps: WorkspaceDeps, actor: Actor, id: string, reason: string): Promise<Workspace> {
  return deps.db.transaction().execute(async (tx) => {
    const workspace = visibleWorkspace(actor, await lockWorkspaceRow(tx, id));
    checkUnlocked(workspace);
    const kind = actor.kind === "team" ? "team" : "user";
    const lock: WorkspaceLock = { kind, id: actor.id, name: actor.name, reason, at: deps.now() };
    await setWorkspaceLock(tx, id, lock);
    return { ...workspace, lock };
  });
}
