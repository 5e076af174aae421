import { projectScope, type Actor } from "../access/index.ts";
import { inProject, listProjects } from "../projects/index.ts";
import { isUniqueViolation, type Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { findProjectForActor } from "./project-of-actor.ts";
import { findWorkspace, insertWorkspace, saveTags } from "./workspace-store.ts";
import {
  checkTag,
  checkWorkingDirectory,
  checkWorkspaceName,
  workspaceNotFound,
  type Tag,
  type Workspace,
  type WorkspaceSettings,
} from "./workspace.ts";

export interface WorkspaceDeps {
  readonly db: Db;
  readonly now: Clock;
}

export interface NewWorkspace extends Partial<Omit<WorkspaceSettings, "projectId">> {
  readonly name: string;
  /** `prj-…`; default: the oldest project where the actor may make one. */
  readonly projectExternalId?: string;
  readonly tags?: readonly Tag[];
}

/**
 * Makes a workspace in the actor's organization. Errors: invalid/workspace_name, invalid/name_taken,
 * invalid/working_directory, not_found/project_not_found.
 */
export async function createWorkspace(deps: WorkspaceDeps, actor: Actor, input: NewWorkspace): Promise<Workspace> {
  checkWorkspaceName(input.name);
  checkWorkingDirectory(input.workingDirectory ?? "");
  for (const tag of input.tags ?? []) checkTag(tag);
  const projectId =
    input.projectExternalId === undefined
      ? (await listProjects(deps.db, { organizationId: actor.organizationId, projects: projectScope(actor) }))[0]?.id
      : (await findProjectForActor(deps.db, actor, input.projectExternalId)).id;
  if (projectId === undefined) throw workspaceNotFound();
  const settings: WorkspaceSettings = {
    name: input.name,
    description: input.description ?? "",
    executionMode: input.executionMode ?? "remote",
    autoApply: input.autoApply ?? false,
    terraformVersion: input.terraformVersion ?? "latest",
    engineName: input.engineName ?? null,
    engineVersion: input.engineVersion ?? null,
    clientEngine: input.clientEngine ?? null,
    workingDirectory: input.workingDirectory ?? "",
    assessmentsEnabled: input.assessmentsEnabled ?? false,
    follow: input.follow ?? "plan",
    imageAgeDaysMax: input.imageAgeDaysMax ?? null,
    imageBehindDaysMax: input.imageBehindDaysMax ?? null,
    projectId,
  };
  const id = await deps.db
    .transaction()
    .execute(async (tx) => {
      const id = await inProject(projectId, insertWorkspace(tx, actor.organizationId, settings, deps.now()));
      await saveTags(tx, id, input.tags ?? []);
      return id;
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? nameTaken() : error;
    });
  return (await findWorkspace(deps.db, id)) as Workspace;
}

export function nameTaken(): DomainError {
  return new DomainError("invalid", "name_taken", "Name has already been taken");
}
