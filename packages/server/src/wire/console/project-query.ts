import { Type } from "typebox";
import { projectScope, type Actor } from "../../features/access/index.ts";
import { listProjects } from "../../features/projects/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { ConsoleDeps } from "./console-deps.ts";

/** The part of a query that names a project. */
export const projectQuery = {
  project: Type.Optional(
    Type.String({ maxLength: 64, description: "id or external id; the oldest that the caller sees when left out" }),
  ),
};

/** Errors: not_found/project_not_found. */
export async function projectIdOf(
  deps: Pick<ConsoleDeps, "db">,
  actor: Actor,
  asked: string | undefined,
): Promise<string> {
  const projects = await listProjects(deps.db, {
    organizationId: actor.organizationId,
    projects: projectScope(actor, "project:read"),
  });
  const project = projects.find((one) => asked === undefined || one.id === asked || one.externalId === asked);
  if (project !== undefined) return project.id;
  throw new DomainError("not_found", "project_not_found", "There is no such project, or you may not see it.");
}
