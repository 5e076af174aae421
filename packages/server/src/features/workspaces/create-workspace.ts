import { may, projectScope, type Actor } from "../access/index.ts";
import { findOrganization } from "../organizations/index.ts";
import { checkAgentPool, findProject, inProject, listProjects, nameTaken, type Project } from "../projects/index.ts";
import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { applyChange, checkSettings, hasOwnAutoDestroy, type SettingsChange } from "./change-settings.ts";
import { findProjectForActor } from "./project-of-actor.ts";
import { checkOverrides } from "./tag-workspace.ts";
import { saveTags } from "./tag-store.ts";
import { findWorkspace, insertWorkspace } from "./workspace-store.ts";
import {
  checkTag,
  checkTagCount,
  defaultSettings,
  workspaceNotFound,
  type Tag,
  type Workspace,
  type WorkspaceSettings,
} from "./workspace.ts";

export interface WorkspaceDeps {
  readonly db: Db;
  readonly now: Clock;
}

export interface NewWorkspace extends SettingsChange {
  readonly name: string;
  /** `prj-…`; default: the organization's default project, else the oldest project, where the actor may make one. */
  readonly projectExternalId?: string;
  readonly tags?: readonly Tag[];
}

/**
 * Makes a workspace in the actor's organization. Errors: those of {@link checkSettings} and {@link applyChange},
 * invalid/name_taken, invalid/tag_key, invalid/tag_bindings_max, invalid/agent_pool_unknown, not_found/project_not_found.
 */
export async function createWorkspace(deps: WorkspaceDeps, actor: Actor, input: NewWorkspace): Promise<Workspace> {
  const { tags = [], projectExternalId, ...change } = input;
  checkSettings(change);
  for (const tag of tags) checkTag(tag);
  checkTagCount(tags.length);
  const now = deps.now();
  const project = await projectFor(deps.db, actor, projectExternalId);
  const current: WorkspaceSettings = {
    ...defaultSettings,
    projectId: project.id,
    name: input.name,
    executionMode: project.defaultExecutionMode,
    agentPoolId: project.defaultAgentPoolId,
  };
  const settings = applyChange(
    current,
    project,
    { inheritsProjectAutoDestroy: !hasOwnAutoDestroy(change), ...change },
    now,
  );
  const id = await deps.db
    .transaction()
    .execute(async (tx) => {
      await checkNewPool(tx, project.organizationId, current, settings);
      const id = await inProject(project.id, insertWorkspace(tx, project.organizationId, settings, now));
      await checkOverrides(tx, { organizationId: project.organizationId, projectId: project.id }, tags);
      await saveTags(tx, id, tags);
      return id;
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? nameTaken() : error;
    });
  return (await findWorkspace(deps.db, id)) as Workspace;
}

function placeOf({ id, organizationId }: Project) {
  return { organizationId, projectId: id };
}

async function projectFor(db: Db, actor: Actor, externalId: string | undefined): Promise<Project> {
  if (externalId !== undefined) return findProjectForActor(db, actor, externalId);
  const { defaultProjectId } = (await findOrganization(db, actor.organizationId)) ?? { defaultProjectId: null };
  const chosen = defaultProjectId === null ? undefined : await findProject(db, defaultProjectId);
  if (chosen !== undefined && may(actor, actor.needs ?? "workspace:create", placeOf(chosen))) return chosen;
  const [project] = await listProjects(db, { organizationId: actor.organizationId, projects: projectScope(actor) });
  if (project === undefined) throw workspaceNotFound();
  return project;
}

/** Errors: invalid/agent_pool_unknown, invalid/agent_pool_not_allowed. */
export async function checkNewPool(
  tx: Tx,
  organizationId: string,
  before: Pick<WorkspaceSettings, "agentPoolId">,
  after: Pick<WorkspaceSettings, "agentPoolId" | "projectId">,
  workspaceId?: string,
): Promise<void> {
  if (after.agentPoolId === null || after.agentPoolId === before.agentPoolId) return;
  const user = { projectId: after.projectId, ...(workspaceId === undefined ? {} : { workspaceId }) };
  await checkAgentPool(tx, organizationId, after.agentPoolId, user);
}
