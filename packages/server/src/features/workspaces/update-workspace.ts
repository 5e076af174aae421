import { actingWith, may, roleTooLow, type Actor, type Where } from "../access/index.ts";
import { findProject, inProject, nameTaken, projectNotFound } from "../projects/index.ts";
import { isUniqueViolation } from "../../db/database.ts";
import { applyChange, checkSettings, type SettingsChange } from "./change-settings.ts";
import { checkNewPool, type WorkspaceDeps } from "./create-workspace.ts";
import { findProjectForActor } from "./project-of-actor.ts";
import { checkOverrides, replaceTagsWithin } from "./tag-workspace.ts";
import { findWorkspace, lockWorkspaceRow, updateWorkspaceRow } from "./workspace-store.ts";
import { checkTag, checkTagCount, visibleWorkspace, workspaceNotFound, type Tag, type Workspace } from "./workspace.ts";

export interface WorkspaceChange extends SettingsChange {
  /** `prj-…`. */
  readonly projectExternalId?: string;
  /** In the place of those there are. */
  readonly tags?: readonly Tag[];
}

/** Errors: forbidden/role_too_low. */
function checkMove(actor: Actor, where: Where): void {
  if (!may(actor, "workspace:move", where)) throw roleTooLow(actor, "workspace:move", where);
}

/**
 * Changes what is given and keeps the rest. To another project goes what the actor may move out of the one and into the other.
 * Errors: as for creating one, not_found/workspace_not_found, forbidden/role_too_low.
 */
export async function updateWorkspace(
  deps: WorkspaceDeps,
  actor: Actor,
  id: string,
  input: WorkspaceChange,
): Promise<Workspace> {
  const { tags, projectExternalId, ...change } = input;
  checkSettings(change);
  for (const tag of tags ?? []) checkTag(tag);
  checkTagCount(tags?.length ?? 0);
  const target =
    projectExternalId === undefined
      ? undefined
      : await findProjectForActor(deps.db, actingWith(actor, "project:read"), projectExternalId);
  return deps.db
    .transaction()
    .execute(async (tx) => {
      const workspace = visibleWorkspace(actor, await lockWorkspaceRow(tx, id));
      if (target !== undefined && target.organizationId !== workspace.organizationId)
        throw projectNotFound(target.externalId);
      if (target !== undefined && target.id !== workspace.projectId) {
        for (const projectId of [workspace.projectId, target.id]) {
          checkMove(actor, { organizationId: workspace.organizationId, projectId });
        }
      }
      const project = target ?? (await findProject(tx, workspace.projectId));
      if (project === undefined) throw workspaceNotFound();
      const settings = applyChange(workspace, project, change, deps.now());
      await checkNewPool(tx, workspace.organizationId, workspace, settings, workspace.id);
      await inProject(project.id, updateWorkspaceRow(tx, id, settings, deps.now()));
      if (tags !== undefined) {
        await checkOverrides(tx, { organizationId: workspace.organizationId, projectId: project.id }, tags);
        await replaceTagsWithin(tx, id, tags);
      }
      return (await findWorkspace(tx, id)) as Workspace;
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? nameTaken() : error;
    });
}
