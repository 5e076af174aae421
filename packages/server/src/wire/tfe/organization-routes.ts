import { Type } from "typebox";
import { checkOrganizationWide, may, projectScope } from "../../features/access/index.ts";
import { findOrganization, findOrganizationByName, type Organization } from "../../features/organizations/index.ts";
import { insertProject, listProjects, type Project } from "../../features/projects/index.ts";
import { countRuns, finalStatuses, runStatuses, workingStatuses } from "../../features/runs/index.ts";
import { findProjectForActor } from "../../features/workspaces/index.ts";
import { isUniqueViolation, type Db } from "../../db/database.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import {
  attributesOf,
  document,
  listDocument,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryList,
  queryText,
  resourceBody,
  toOne,
  type Resource,
} from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/** For one that is missing and for one that the caller is not in. */
export function noSuchOrganization(): DomainError {
  return new DomainError(
    "not_found",
    "organization_not_found",
    "There is no such organization, or you may not see it.",
  );
}

const ProjectBody = resourceBody("projects", {
  name: Type.String(),
  description: maybe(Type.String({ maxLength: 256 })),
});

/** The organization that the path names, and that the actor was narrowed to. Errors: not_found/organization_not_found. */
export async function checkOrganization(db: Db, call: Call): Promise<Organization> {
  const organization = await findOrganizationByName(db, param(call, "organization"));
  if (organization === undefined || organization.id !== call.actor.organizationId) throw noSuchOrganization();
  return organization;
}

export function organizationRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/organizations/:organization/capacity",
      needs: "run:read",
      audit: "organization.read-capacity",
      handle: async (call) => {
        const { id, name } = await checkOrganization(deps.db, call);
        const filter = { organizationId: id, projects: projectScope(call.actor) };
        const running = await countRuns(deps.db, { ...filter, statuses: workingStatuses });
        const unfinished = await countRuns(deps.db, {
          ...filter,
          statuses: runStatuses.filter((status) => !finalStatuses.includes(status)),
        });
        return document({
          id: name,
          type: "organization-capacity",
          attributes: { running, pending: unfinished - running },
        });
      },
    },
    {
      method: "GET",
      path: "/organizations/:organization/projects",
      needs: "project:read",
      audit: "project.list",
      handle: async (call) => {
        const { id, name } = await checkOrganization(deps.db, call);
        const names = queryList(call, "filter[names]");
        const search = queryText(call, "q")?.toLowerCase();
        const all = await listProjects(deps.db, { organizationId: id, projects: projectScope(call.actor) });
        const found = all.filter(
          (project) =>
            (names === undefined || names.includes(project.name)) &&
            (search === undefined || project.name.toLowerCase().includes(search)),
        );
        const present = (project: Project): Resource => presentProject(project, name, call);
        // Clients that ask by name read no second page. Source: Terraform, internal/cloud/backend.go.
        if (names !== undefined) return listDocument(found, present);
        const page = pageOf(call);
        const from = (page.number - 1) * page.size;
        return pageDocument(page, { items: found.slice(from, from + page.size), total: found.length }, present);
      },
    },
    {
      method: "POST",
      path: "/organizations/:organization/projects",
      needs: "project:write",
      audit: "project.create",
      body: ProjectBody,
      handle: async (call) => {
        const { id, name: organization } = await checkOrganization(deps.db, call);
        const { name = "", description = "" } = attributesOf<{ name: string; description: string }>(call);
        checkOrganizationWide(call.actor);
        if (!/^[A-Za-z0-9][A-Za-z0-9 _-]{1,38}[A-Za-z0-9]$/.test(name)) {
          throw new DomainError(
            "invalid",
            "project_name",
            "Name has 3 to 40 letters, numbers, spaces, - or _, and begins and ends with a letter or number.",
          );
        }
        const project = await insertProject(deps.db, { organizationId: id, name, description }, deps.now()).catch(
          (error: unknown) => {
            if (isUniqueViolation(error)) throw new DomainError("invalid", "name_taken", "Name has already been taken");
            throw error;
          },
        );
        return document(presentProject(project, organization, call), [], 201);
      },
    },
    {
      method: "GET",
      path: "/projects/:project_id",
      needs: "project:read",
      audit: "project.read",
      handle: async (call) => {
        const project = await findProjectForActor(deps.db, call.actor, param(call, "project_id"));
        return document(presentProject(project, await organizationName(deps, project.organizationId), call));
      },
    },
  ];
}

export function presentProject(project: Project, organizationName: string, call: Call): Resource {
  const place = { organizationId: project.organizationId, projectId: project.id };
  return {
    id: project.externalId,
    type: "projects",
    attributes: {
      name: project.name,
      description: project.description,
      "created-at": toRfc3339(project.createdAt),
      permissions: {
        "can-read": true,
        "can-update": may(call.actor, "project:write", place),
        "can-destroy": false,
        "can-create-workspace": may(call.actor, "workspace:write", place),
      },
    },
    relationships: { organization: toOne("organizations", organizationName) },
  };
}

async function organizationName(deps: TfeDeps, id: string): Promise<string> {
  return (await findOrganization(deps.db, id))?.name ?? "";
}
