import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { checkOrganizationWide, type Actor } from "../access/index.ts";
import { parseActivityDuration } from "./activity-duration.ts";
import { checkAgentPool } from "./agent-pool-check.ts";
import { getProject } from "./change-project.ts";
import { changeMode, type ModeChange, type ModeChoice } from "./execution-mode.ts";
import { parseProjectDescription, parseTerraformProjectName, projectNotFound, type Project } from "./project.ts";
import { countProjects, inheritExecutionMode, insertProject, lockProject, saveProject } from "./project-store.ts";
import { listProjectTags, removeAllProjectTags, saveProjectTags, type ProjectTag } from "./project-tag-store.ts";
import { organizationMode } from "./organization-mode.ts";
import { checkProjectsMax, nameTaken } from "./create-project.ts";

export interface ProjectSettingsDeps {
  readonly db: Db;
  readonly now: Clock;
}

/** What Terraform clients decide about a project; absent: as it is. */
export interface ProjectChange {
  readonly name?: string;
  readonly description?: string;
  readonly mode?: ModeChange;
  readonly autoDestroyActivityDuration?: string | null;
  /** In the place of those there are. */
  readonly tags?: readonly ProjectTag[];
}

/**
 * Makes a project in the caller's organization, with the rules of Terraform clients. Errors: as for
 * {@link changeProjectSettings}, precondition/projects_max, forbidden/role_too_low.
 */
export async function createProjectWithSettings(
  deps: ProjectSettingsDeps,
  actor: Actor,
  input: ProjectChange & { readonly name: string },
): Promise<Project> {
  checkOrganizationWide(actor);
  checkChange(input);
  const { organizationId } = actor;
  return deps.db
    .transaction()
    .execute(async (tx) => {
      checkProjectsMax(await countProjects(tx, { organizationId, projects: null }));
      const inherited = await organizationMode(tx, organizationId);
      const choice = await chosen(tx, organizationId, { ...inherited, overwritten: false }, inherited, input.mode);
      const settings = { ...plain(input), ...choice, name: input.name };
      const project = await insertProject(tx, { organizationId, ...settings }, deps.now());
      await saveProjectTags(tx, project.id, input.tags ?? []);
      return project;
    })
    .catch(refuseTakenName);
}

/**
 * Changes what is given; workspaces without a mode of their own follow the default at once. Errors:
 * not_found/project_not_found, invalid/project_name, invalid/name_taken, invalid/project_description,
 * invalid/auto_destroy_duration, those of {@link changeMode}, invalid/agent_pool_unknown.
 */
export async function changeProjectSettings(
  deps: ProjectSettingsDeps,
  actor: Actor,
  id: string,
  change: ProjectChange,
): Promise<Project> {
  checkChange(change);
  return deps.db
    .transaction()
    .execute(async (tx) => {
      await getProject(tx, actor, id);
      const project = await lockProject(tx, id);
      if (project === undefined) throw projectNotFound(id);
      const { organizationId } = project;
      const inherited = await organizationMode(tx, organizationId);
      const current = {
        mode: project.defaultExecutionMode,
        agentPoolId: project.defaultAgentPoolId,
        overwritten: project.executionModeOverwritten,
      };
      const choice = await chosen(tx, organizationId, current, inherited, change.mode, project.id);
      const settings = { ...plain(change), ...choice };
      await saveProject(tx, id, settings);
      if (change.tags !== undefined) {
        await removeAllProjectTags(tx, id);
        await saveProjectTags(tx, id, change.tags);
      }
      const changed = { ...project, ...settings };
      await inheritExecutionMode(tx, changed);
      return changed;
    })
    .catch(refuseTakenName);
}

/**
 * Adds tags, and gives those that are there their new value. `checkCount` throws for more than a resource may have. Errors:
 * not_found/project_not_found.
 */
export async function addProjectTags(
  deps: { readonly db: Db },
  actor: Actor,
  id: string,
  tags: readonly ProjectTag[],
  checkCount: (count: number) => void,
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await getProject(tx, actor, id);
    await lockProject(tx, id);
    const keys = new Set((await listProjectTags(tx, [id])).get(id)?.map((tag) => tag.key));
    for (const tag of tags) keys.add(tag.key);
    checkCount(keys.size);
    await saveProjectTags(tx, id, tags);
  });
}

function checkChange({ name, description, autoDestroyActivityDuration }: ProjectChange): void {
  if (name !== undefined) parseTerraformProjectName(name);
  if (description !== undefined) parseProjectDescription(description);
  if (autoDestroyActivityDuration != null) parseActivityDuration(autoDestroyActivityDuration);
}

function plain({ name, description, autoDestroyActivityDuration }: ProjectChange) {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(autoDestroyActivityDuration === undefined ? {} : { autoDestroyActivityDuration }),
  };
}

async function chosen(
  tx: Tx,
  organizationId: string,
  current: ModeChoice & { readonly overwritten: boolean },
  inherited: ModeChoice,
  change: ModeChange = {},
  projectId?: string,
) {
  const { mode, agentPoolId, overwritten } = changeMode(current, inherited, change);
  if (agentPoolId !== null && agentPoolId !== current.agentPoolId) {
    await checkAgentPool(tx, organizationId, agentPoolId, projectId === undefined ? {} : { projectId });
  }
  return { defaultExecutionMode: mode, defaultAgentPoolId: agentPoolId, executionModeOverwritten: overwritten };
}

function refuseTakenName(error: unknown): never {
  throw isUniqueViolation(error) ? nameTaken() : error;
}
