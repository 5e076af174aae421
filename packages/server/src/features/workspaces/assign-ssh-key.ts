import type { Actor } from "../access/index.ts";
import type { WorkspaceDeps } from "./create-workspace.ts";
import { findWorkspace, lockWorkspaceRow, updateWorkspaceRow } from "./workspace-store.ts";
import { visibleWorkspace, type Workspace } from "./workspace.ts";

/** The caller knows that the key is one of the workspace's organization. Errors: not_found/workspace_not_found. */
export async function assignSshKey(
  deps: WorkspaceDeps,
  actor: Actor,
  id: string,
  sshKeyId: string | null,
): Promise<Workspace> {
  return deps.db.transaction().execute(async (tx) => {
    const workspace = visibleWorkspace(actor, await lockWorkspaceRow(tx, id));
    await updateWorkspaceRow(tx, id, { ...workspace, sshKeyId }, deps.now());
    return visibleWorkspace(actor, await findWorkspace(tx, id));
  });
}
