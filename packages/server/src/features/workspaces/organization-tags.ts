import type { Actor } from "../access/index.ts";
import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { hasTagKey } from "./organization-tag-store.ts";
import { addPlainTags } from "./tag-workspace.ts";
import { findWorkspace } from "./workspace-store.ts";
import { visibleWorkspace } from "./workspace.ts";

/**
 * Gives workspaces a tag that their organization has. All or none are named by an actor who may change them. Errors:
 * not_found/workspace_not_found, not_found/tag_not_found, invalid/tags_max.
 */
export async function tagWorkspaces(
  deps: { readonly db: Db },
  actor: Actor,
  key: string,
  workspaceIds: readonly string[],
): Promise<void> {
  const workspaces = [];
  for (const id of new Set(workspaceIds)) workspaces.push(visibleWorkspace(actor, await findWorkspace(deps.db, id)));
  const [first] = workspaces;
  if (first === undefined) return;
  const isOne = workspaces.every(({ organizationId }) => organizationId === first.organizationId);
  if (!isOne || !(await hasTagKey(deps.db, first.organizationId, key))) {
    throw new DomainError("not_found", "tag_not_found", "There is no such tag in the organization of the workspaces.");
  }
  for (const { id } of workspaces) await addPlainTags(deps, actor, id, [key]);
}
