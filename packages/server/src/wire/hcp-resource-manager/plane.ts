import type { Db } from "../../db/database.ts";
import { canSee, type Actor } from "../../features/access/index.ts";
import { findOrganization } from "../../features/organizations/index.ts";
import { findProject, listProjects } from "../../features/projects/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { authenticateCaller } from "../shared/bearer.ts";
import { ok, type Plane, type Route } from "../shared/plane.ts";
import { operationNotServed, presentRpcError } from "../shared/rpc-status.ts";
import { presentOrganization, presentProject } from "./present-tenancy.ts";

export interface HcpResourceManagerDeps {
  readonly db: Db;
  readonly now: Clock;
}

/**
 * Organizations and projects as HCP clients ask for them, and the prefixes of the HCP services around the registry:
 * whatever is asked for there and not served answers 501 in the shape those clients read.
 */
export function createHcpResourceManagerPlane(deps: HcpResourceManagerDeps): Plane {
  return {
    name: "hcp-resource-manager",
    prefixes: ["/resource-manager", "/2019-12-10", "/iam", "/operation", "/2023-05-31"],
    routes: [...organizationRoutes(deps), ...projectRoutes(deps), waitRoute],
    contentType: "application/json",
    jsonTypes: ["application/json"],
    authenticate: authenticateCaller(deps),
    presentError: presentRpcError,
    unknownPath: (request) => operationNotServed(`${request.method} ${request.url.split("?")[0] ?? ""}`),
  };
}

// Clients take the first page for the whole list. Source: packer, internal/hcp/api/client.go.
const onlyPage = { next_page_token: "", previous_page_token: "" };

function organizationRoutes(deps: HcpResourceManagerDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/2019-12-10/organizations",
      needs: "organization:read",
      audit: "OrganizationService_List",
      async handle({ actor }) {
        const organization = await findOrganization(deps.db, actor.organizationId);
        const now = deps.now();
        const organizations = organization === undefined ? [] : [presentOrganization(organization, now)];
        return ok({ organizations, pagination: onlyPage });
      },
    },
    {
      method: "GET",
      path: "/2019-12-10/organizations/:id",
      needs: "organization:read",
      audit: "OrganizationService_Get",
      async handle({ actor, params }) {
        const id = params["id"] ?? "";
        const organization = id === actor.organizationId ? await findOrganization(deps.db, id) : undefined;
        if (organization === undefined) throw notFound("organization", id);
        return ok({ organization: presentOrganization(organization, deps.now()) });
      },
    },
  ];
}

function projectRoutes(deps: HcpResourceManagerDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/2019-12-10/projects",
      needs: "project:read",
      audit: "ProjectService_List",
      async handle({ actor, query }) {
        checkScope(actor, query);
        const projects = await listProjects(deps.db, {
          organizationId: actor.organizationId,
          projectId: actor.projectId,
        });
        const now = deps.now();
        return ok({ projects: projects.map((project) => presentProject(project, now)), pagination: onlyPage });
      },
    },
    {
      method: "GET",
      path: "/2019-12-10/projects/:id",
      needs: "project:read",
      audit: "ProjectService_Get",
      async handle({ actor, params }) {
        const id = params["id"] ?? "";
        const project = await findProject(deps.db, id);
        if (project === undefined || !canSee(actor, { organizationId: project.organizationId, projectId: id })) {
          throw notFound("project", id);
        }
        return ok({ project: presentProject(project, deps.now()) });
      },
    },
  ];
}

/**
 * Only the caller's own organization can be listed. An unknown one and another tenant's answer alike, with 403: it is
 * the one refusal that Packer reports without a crash. Source: packer, internal/hcp/api/client.go.
 */
function checkScope(actor: Actor, query: Readonly<Record<string, unknown>>): void {
  const type = query["scope.type"];
  if (type !== undefined && type !== "" && type !== "ORGANIZATION") {
    throw new DomainError("invalid", "scope", "scope.type must be ORGANIZATION.");
  }
  const id = query["scope.id"];
  if (id !== undefined && id !== "" && id !== actor.organizationId) {
    throw new DomainError("forbidden", "scope", "This credential cannot list the projects of that organization.");
  }
}

/** Everything this server does is done when its answer leaves, so whoever waits has waited enough. */
const waitRoute: Route & { readonly prefix: string } = {
  prefix: "/operation",
  method: "GET",
  path: "/2020-05-05/organizations/:organization_id/projects/:project_id/operations/:id/wait",
  needs: "project:read",
  audit: "OperationService_Wait",
  handle({ actor, params }) {
    const { organization_id: organizationId = "", project_id: projectId = "", id = "" } = params;
    // Operations of an organization have no project: a dash stands for it.
    const place = { organizationId, projectId: projectId === "-" ? (actor.projectId ?? "") : projectId };
    if (!canSee(actor, place) || !/^[0-9a-f-]{36}$/.test(id)) return Promise.reject(notFound("operation", id));
    return Promise.resolve(
      ok({ operation: { id, state: "DONE", location: { organization_id: organizationId, project_id: projectId } } }),
    );
  },
};

function notFound(noun: string, id: string): DomainError {
  return new DomainError("not_found", `${noun}_not_found`, `The ${noun} with identifier ${id} does not exist.`);
}
