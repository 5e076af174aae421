import { Type } from "typebox";
import { checkOrganizationWide, may, projectScope } from "../../features/access/index.ts";
import {
  findOrganization,
  findOrganizationByName,
  setAssessmentsEnforced,
  type Organization,
} from "../../features/organizations/index.ts";
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

const ProjectBody = resourceBody("projects", {
  name: Type.String(),
  description: maybe(Type.String({ maxLength: 256 })),
});

/** The actor's own organization, which the path must name. Errors: not_found/organization_not_found. */
export async function checkOrganization(db: Db, call: Call): Promise<Organization> {
  const organization = await findOrganizationByName(db, param(call, "organization"));
  if (organization === undefined || organization.id !== call.actor.organizationId) {
    throw new DomainError(
      "not_found",
      "organization_not_found",
      "There is no such organization, or you may not see it.",
    );
  }
  return organization;
}

const OrganizationBody = resourceBody("organizations", { "assessments-enforced": maybe(Type.Boolean()) });

export function organizationRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "PATCH",
      path: "/organizations/:organization",
      needs: "project:write",
      audit: "organization.update",
      body: OrganizationBody,
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        checkOrganizationWide(call.actor);
        const enforced = attributesOf<{ "assessments-enforced": boolean }>(call)["assessments-enforced"];
        if (enforced !== undefined) await setAssessmentsEnforced(deps.db, organization.id, enforced);
        return document(presentOrganization(await checkOrganization(deps.db, call), call));
      },
    },
    {
      method: "GET",
      path: "/organizations/:organization",
      needs: "organization:read",
      audit: "organization.read",
      handle: async (call) => document(presentOrganization(await checkOrganization(deps.db, call), call)),
    },
    {
      method: "GET",
      path: "/organizations/:organization/entitlement-set",
      needs: "organization:read",
      audit: "organization.read-entitlements",
      handle: async (call) => document(presentEntitlements(await checkOrganization(deps.db, call))),
    },
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
        return document(presentProject(project, await ownName(deps, call), call));
      },
    },
  ];
}

/** The id of an organization is its name, everywhere on this plane: clients build URLs of it. */
function presentOrganization(organization: Organization, call: Call): Resource {
  const canWrite = may(call.actor, "project:write", { organizationId: organization.id });
  return {
    id: organization.name,
    type: "organizations",
    attributes: {
      name: organization.name,
      "external-id": organization.externalId,
      email: "",
      "created-at": toRfc3339(organization.createdAt),
      "default-execution-mode": "remote",
      "assessments-enforced": organization.assessmentsEnforced,
      "cost-estimation-enabled": false,
      "saml-enabled": false,
      "two-factor-conformant": true,
      permissions: {
        "can-update": canWrite,
        "can-destroy": false,
        "can-create-workspace": may(call.actor, "workspace:write", { organizationId: organization.id }),
        "can-create-project": canWrite,
        "can-traverse": true,
        "can-read-assessments": may(call.actor, "assessment:read", { organizationId: organization.id }),
        "can-manage-assessments": canWrite,
      },
    },
  };
}

/** Without `operations` the command line works on the user's machine, without a word. Source: Terraform, internal/cloud. */
function presentEntitlements(organization: Organization): Resource {
  return {
    id: organization.externalId,
    type: "entitlement-sets",
    attributes: {
      operations: true,
      "state-storage": true,
      agents: false,
      "audit-logging": false,
      "configuration-designer": false,
      "cost-estimation": false,
      "global-run-tasks": false,
      "module-tests-generation": false,
      "policy-enforcement": false,
      "private-module-registry": false,
      "run-tasks": false,
      sentinel: false,
      sso: false,
      teams: false,
      "vcs-integrations": false,
    },
  };
}

function presentProject(project: Project, organizationName: string, call: Call): Resource {
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

async function ownName(deps: TfeDeps, call: Call): Promise<string> {
  return (await findOrganization(deps.db, call.actor.organizationId))?.name ?? "";
}
