import { Type, type Static } from "typebox";
import { projectScope, type Actor } from "../../features/access/index.ts";
import {
  countProjects,
  createProject,
  deleteProject,
  describeProject,
  getProject,
  pageProjects,
  projectsMax,
  renameProject,
  type ProjectOrder,
} from "../../features/projects/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";
import { given, queryText } from "../shared/rpc-body.ts";
import { pageOrder, parsePage, parseSorting, presentPagination } from "../shared/rpc-page.ts";
import { presentProject } from "./present-tenancy.ts";
import type { HcpResourceManagerDeps } from "./resource-manager-deps.ts";

const CreateBody = Type.Object({
  name: Type.String(),
  description: given(Type.String()),
  parent: given(Type.Object({ id: given(Type.String()), type: given(Type.String()) })),
});
const SetNameBody = Type.Object({ name: Type.String() });
const SetDescriptionBody = Type.Object({ description: given(Type.String()) });

const orders: readonly ProjectOrder[] = ["name", "created_at"];

// Everything this server does is done when its answer leaves: there is no operation to wait for.
const done = { operation_id: "" };

export function projectRoutes(deps: HcpResourceManagerDeps): Route[] {
  return [...projectListRoutes(deps), ...projectItemRoutes(deps)];
}

function projectListRoutes(deps: HcpResourceManagerDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/2019-12-10/projects",
      needs: "project:read",
      audit: "ProjectService_List",
      async handle({ actor, params, query }) {
        checkScope(actor, query);
        // Clients choose the oldest, and take the first page for the whole list. Source: packer, internal/hcp/api/client.go.
        const sorting = parseSorting(query, orders, { field: "created_at", descending: false });
        const call = { operation: "ProjectService_List", params, query, body: null };
        const order = pageOrder(deps, call, sorting, { sizeDefault: projectsMax });
        const text = queryText(query, "query");
        const cut = await pageProjects(deps.db, {
          organizationId: actor.organizationId,
          projects: projectScope(actor),
          ...(text === undefined ? {} : { text }),
          page: parsePage(query, order),
          sorting,
        });
        const now = deps.now();
        return ok({
          projects: cut.items.map((project) => presentProject(project, now)),
          pagination: presentPagination(cut, order),
        });
      },
    },
    {
      method: "GET",
      path: "/2019-12-10/projects/count",
      needs: "project:read",
      audit: "ProjectService_GetProjectsCount",
      async handle({ actor, query }) {
        checkScope(actor, query);
        const filter = { organizationId: actor.organizationId, projects: projectScope(actor) };
        return ok({ count: await countProjects(deps.db, filter) });
      },
    },
    {
      method: "POST",
      path: "/2019-12-10/projects",
      needs: "project:create",
      audit: "ProjectService_Create",
      body: CreateBody,
      async handle({ actor, body }) {
        const { name, description, parent } = body as Static<typeof CreateBody>;
        checkScope(actor, { "scope.type": parent?.type ?? "", "scope.id": parent?.id ?? "" });
        const project = await createProject(deps, actor, { name, description: description ?? "" });
        return ok({ project: presentProject(project, deps.now()), ...done });
      },
    },
  ];
}

function projectItemRoutes(deps: HcpResourceManagerDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/2019-12-10/projects/:id",
      needs: "project:read",
      audit: "ProjectService_Get",
      async handle({ actor, params }) {
        return ok({ project: presentProject(await getProject(deps.db, actor, params["id"] ?? ""), deps.now()) });
      },
    },
    {
      method: "PUT",
      path: "/2019-12-10/projects/:id/name",
      needs: "project:write",
      audit: "ProjectService_SetName",
      body: SetNameBody,
      async handle({ actor, params, body }) {
        await renameProject(deps, actor, params["id"] ?? "", (body as Static<typeof SetNameBody>).name);
        return ok(done);
      },
    },
    {
      method: "PUT",
      path: "/2019-12-10/projects/:id/description",
      needs: "project:write",
      audit: "ProjectService_SetDescription",
      body: SetDescriptionBody,
      async handle({ actor, params, body }) {
        const { description } = body as Static<typeof SetDescriptionBody>;
        await describeProject(deps, actor, params["id"] ?? "", description ?? "");
        return ok(done);
      },
    },
    {
      method: "DELETE",
      path: "/2019-12-10/projects/:id",
      needs: "project:delete",
      audit: "ProjectService_Delete",
      async handle({ actor, params }) {
        await deleteProject(deps, actor, params["id"] ?? "");
        // The provider reads `operation.id` without asking whether there is one. Source: terraform-provider-hcp, project.go.
        return ok({ operation: { id: "", state: "DONE" } });
      },
    },
  ];
}

/**
 * Only the caller's own organization can be listed. An unknown one and another tenant's answer alike, with 403: it is
 * the one refusal that Packer reports without a crash. Source: packer, internal/hcp/api/client.go.
 */
function checkScope(actor: Actor, query: Readonly<Record<string, unknown>>): void {
  const type = queryText(query, "scope.type");
  if (type !== undefined && type !== "ORGANIZATION") {
    throw new DomainError("invalid", "scope", "The scope or parent of projects is of the type ORGANIZATION.");
  }
  const id = queryText(query, "scope.id");
  if (id !== undefined && id !== actor.organizationId) {
    throw new DomainError(
      "forbidden",
      "scope",
      "This credential has nothing to do with the projects of that organization.",
    );
  }
}
