import { canSee, type Actor } from "../access/index.ts";
import { findProjectByExternalId, type Project } from "../projects/index.ts";
import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";

/** The project with this `prj-…`, for an actor who may see it. Errors: not_found/project_not_found. */
export async function findProjectForActor(db: Db, actor: Actor, externalId: string): Promise<Project> {
  const project = await findProjectByExternalId(db, externalId);
  if (project === undefined || !canSee(actor, { organizationId: project.organizationId, projectId: project.id })) {
    throw new DomainError("not_found", "project_not_found", "There is no such project, or you may not see it.");
  }
  return project;
}
