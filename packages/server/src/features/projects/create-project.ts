import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { checkOrganizationWide, type Actor } from "../access/index.ts";
import { parseProjectDescription, parseProjectName, projectsMax, type Project } from "./project.ts";
import { countProjects, insertProject } from "./project-store.ts";

export interface CreateProjectDeps {
  readonly db: Db;
  readonly now: Clock;
  /** Whoever makes a project becomes its administrator. */
  readonly noteProjectCreated?: (tx: Tx, actor: Actor, project: Project) => Promise<void>;
}

/**
 * Makes a project in the caller's organization. Errors: invalid/project_name, invalid/project_description,
 * conflict/project_exists, precondition/projects_max, forbidden/role_too_low.
 */
export async function createProject(
  deps: CreateProjectDeps,
  actor: Actor,
  content: { readonly name: string; readonly description?: string },
): Promise<Project> {
  const name = parseProjectName(content.name);
  const description = parseProjectDescription(content.description ?? "");
  checkOrganizationWide(actor);
  const { organizationId } = actor;
  try {
    return await deps.db.transaction().execute(async (tx) => {
      checkProjectsMax(await countProjects(tx, { organizationId, projects: null }));
      const project = await insertProject(tx, { organizationId, name, description }, deps.now());
      await deps.noteProjectCreated?.(tx, actor, project);
      return project;
    });
  } catch (error) {
    throw isUniqueViolation(error) ? projectExists(name) : error;
  }
}

/** Errors: precondition/projects_max, when an organization that has so many may have no more. */
export function checkProjectsMax(count: number): void {
  if (count < projectsMax) return;
  throw new DomainError(
    "precondition",
    "projects_max",
    `The organization has ${projectsMax} projects, and more cannot be listed to HCP clients. Delete one first.`,
  );
}

/** In the words of Terraform clients. */
export function nameTaken(): DomainError {
  return new DomainError("invalid", "name_taken", "Name has already been taken");
}

export function projectExists(name: string): DomainError {
  return new DomainError(
    "conflict",
    "project_exists",
    `The organization has a project named ${JSON.stringify(name)} already. Choose another name.`,
  );
}
