import type { Actor } from "../access/index.ts";
import { isUniqueViolation } from "../../db/database.ts";
import { inProject } from "../projects/index.ts";
import { nameTaken, type WorkspaceDeps } from "./create-workspace.ts";
import { findProjectForActor } from "./project-of-actor.ts";
import { findWorkspace, lockWorkspaceRow, updateWorkspaceRow } from "./workspace-store.ts";
import {
  checkWorkingDirectory,
  checkWorkspaceName,
  visibleWorkspace,
  type Workspace,
  type WorkspaceSettings,
} from "./workspace.ts";

export interface WorkspaceChange extends Partial<Omit<WorkspaceSettings, "projectId">> {
  readonly projectExternalId?: string;
}

/** Changes what is given and keeps the rest. Errors: as for creating one, and not_found/workspace_not_found. */
export async function updateWorkspace(
  deps: WorkspaceDeps,
  actor: Actor,
  id: string,
  change: WorkspaceChange,
): Promise<Workspace> {
  if (change.name !== undefined) checkWorkspaceName(change.name);
  if (change.workingDirectory !== undefined) checkWorkingDirectory(change.workingDirectory);
  const project =
    change.projectExternalId === undefined
      ? undefined
      : await findProjectForActor(deps.db, actor, change.projectExternalId);
  return deps.db
    .transaction()
    .execute(async (tx) => {
      const workspace = visibleWorkspace(actor, await lockWorkspaceRow(tx, id));
      const { projectExternalId: _, ...settings } = change;
      const projectId = project?.id ?? workspace.projectId;
      await inProject(projectId, updateWorkspaceRow(tx, id, { ...workspace, ...settings, projectId }, deps.now()));
      return (await findWorkspace(tx, id)) as Workspace;
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? nameTaken() : error;
    });
}
