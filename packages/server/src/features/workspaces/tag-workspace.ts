import type { Actor } from "../access/index.ts";
import type { WorkspaceDeps } from "./create-workspace.ts";
import { findWorkspace, lockWorkspaceRow, removeTags, saveTags } from "./workspace-store.ts";
import { checkTag, visibleWorkspace, type Tag } from "./workspace.ts";

/** Adds tags, and gives those that are there their new value. Errors: invalid/tag_key, not_found/workspace_not_found. */
export async function addTags(deps: WorkspaceDeps, actor: Actor, id: string, tags: readonly Tag[]): Promise<void> {
  for (const tag of tags) checkTag(tag);
  await deps.db.transaction().execute(async (tx) => {
    visibleWorkspace(actor, await lockWorkspaceRow(tx, id));
    await saveTags(tx, id, tags);
  });
}

/** Removing a tag that is not there is not an error. Errors: not_found/workspace_not_found. */
export async function deleteTags(
  deps: WorkspaceDeps,
  actor: Actor,
  id: string,
  keys: readonly string[],
): Promise<void> {
  visibleWorkspace(actor, await findWorkspace(deps.db, id));
  await removeTags(deps.db, id, keys);
}
