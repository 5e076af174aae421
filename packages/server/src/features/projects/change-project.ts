import { isUniqueViolation, type Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { canSee, type Actor } from "../access/index.ts";
import { lockOrganization } from "../organizations/index.ts";
import { projectExists } from "./create-project.ts";
import {
  describeContents,
  parseProjectDescription,
  parseProjectName,
  projectNotFound,
  type Project,
} from "./project.ts";
import {
  countProjectContents,
  countProjects,
  deleteProjectRow,
  findProject,
  lockProject,
  saveProject,
} from "./project-store.ts";

/** The project, when the actor can see it. Errors: not_found/project_not_found. */
export async function getProject(db: Db, actor: Actor, id: string): Promise<Project> {
  const project = await findProject(db, id);
  if (project === undefined || !canSee(actor, { organizationId: project.organizationId, projectId: id })) {
    throw projectNotFound(id);
  }
  return project;
}

/**
 * Renames a project. Errors: not_found/project_not_found, invalid/project_name, conflict/project_exists.
 */
export async function renameProject(deps: { readonly db: Db }, actor: Actor, id: string, text: string): Promise<void> {
  const project = await getProject(deps.db, actor, id);
  const name = parseProjectName(text);
  try {
    await saveProject(deps.db, project.id, { name });
  } catch (error) {
    throw isUniqueViolation(error) ? projectExists(name) : error;
  }
}

/** Errors: not_found/project_not_found, invalid/project_description. */
export async function describeProject(
  deps: { readonly db: Db },
  actor: Actor,
  id: string,
  text: string,
): Promise<void> {
  const project = await getProject(deps.db, actor, id);
  await saveProject(deps.db, project.id, { description: parseProjectDescription(text) });
}

/**
 * Removes a project that holds nothing any more. Whoever puts something into it at the same moment either comes first,
 * and is counted, or finds it gone. Errors: not_found/project_not_found, precondition/project_not_empty,
 * precondition/last_project.
 */
export async function deleteProject(deps: { readonly db: Db }, actor: Actor, id: string): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const { organizationId } = await getProject(tx, actor, id);
    // Of two that delete the last two projects one comes first.
    await lockOrganization(tx, organizationId);
    if ((await lockProject(tx, id)) === undefined) throw projectNotFound(id);
    const held = describeContents(await countProjectContents(tx, id));
    if (held !== undefined) {
      throw new DomainError(
        "precondition",
        "project_not_empty",
        `The project still holds ${held}. Delete what is in it first.`,
      );
    }
    if ((await countProjects(tx, { organizationId, projects: null })) === 1) {
      throw new DomainError(
        "precondition",
        "last_project",
        "This is the organization's only project, and HCP clients cannot work without one. Make another one first.",
      );
    }
    await deleteProjectRow(tx, id);
  });
}
