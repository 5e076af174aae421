import { Type } from "typebox";
import { projectScope } from "../../features/access/index.ts";
import { findOrganization } from "../../features/organizations/index.ts";
import {
  addProjectTags,
  changeProjectSettings,
  createProjectWithSettings,
  deleteProject,
  listProjectTags,
  numberedProjects,
  parseExecutionMode,
  type ModeChange,
  type Project,
  type ProjectChange,
} from "../../features/projects/index.ts";
import { checkTag, checkTagCount, findProjectForActor } from "../../features/workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import {
  attributesWithNulls,
  document,
  includes,
  listDocument,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryList,
  queryText,
  resourceBody,
  toMany,
  type Resource,
} from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { presentProject, presentProjectTag } from "./present-project.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { bindingsOfBody, tagBindingData, tagBindingsOf } from "./workspace-body.ts";
import { taggedFilter } from "./workspace-list.ts";

const attributes = {
  description: maybe(Type.String()),
  "default-execution-mode": maybe(Type.String()),
  "default-agent-pool-id": maybe(Type.String({ maxLength: 255 })),
  "auto-destroy-activity-duration": maybe(Type.String({ maxLength: 255 })),
  "setting-overwrites": maybe(
    Type.Object({ "default-execution-mode": maybe(Type.Boolean()), "default-agent-pool": maybe(Type.Boolean()) }),
  ),
};
const relationships = { "tag-bindings": maybe(Type.Object({ data: maybe(tagBindingData) })) };
const CreateBody = resourceBody("projects", { ...attributes, name: Type.String() }, relationships);
const UpdateBody = resourceBody("projects", { ...attributes, name: maybe(Type.String()) }, relationships);

interface Attributes {
  readonly name: string;
  readonly description: string;
  readonly "default-execution-mode": string;
  readonly "default-agent-pool-id": string;
  readonly "auto-destroy-activity-duration": string;
  readonly "setting-overwrites": {
    readonly "default-execution-mode"?: boolean | null;
    readonly "default-agent-pool"?: boolean | null;
  };
}

/** Errors: invalid/sort. Source: the published document of the API. */
function byNameOf(call: Call): "asc" | "desc" | undefined {
  const text = queryText(call, "sort") ?? "";
  if (text === "") return undefined;
  if (text === "name") return "asc";
  if (text === "-name") return "desc";
  throw new DomainError("invalid", "sort", "Projects are sorted by name or -name.");
}

export function projectRoutes(deps: TfeDeps): Route[] {
  const byId = (call: Call): Promise<Project> => findProjectForActor(deps.db, call.actor, param(call, "project_id"));
  const reply = async (call: Call, project: Project, status = 200): Promise<Reply> => {
    const name = (await findOrganization(deps.db, project.organizationId))?.name ?? "";
    const { resources, included } = await loadProjects(deps, call, [project], name);
    return document(resources[0] as Resource, included, status);
  };
  return [
    {
      method: "GET",
      path: "/organizations/:organization/projects",
      needs: "project:read",
      audit: "project.list",
      handle: async (call) => {
        const { id, name } = await checkOrganization(deps.db, call);
        const names = queryList(call, "filter[names]");
        const text = queryText(call, "q");
        const filter = {
          organizationId: id,
          projects: projectScope(call.actor),
          tags: taggedFilter(call),
          ...(names === undefined ? {} : { names: names.slice(0, 100) }),
          ...(text === undefined || text === "" ? {} : { text }),
        };
        // Clients that ask by name read no second page. Source: Terraform, internal/cloud/backend.go.
        const page = names === undefined ? pageOf(call) : { number: 1, size: 100 };
        const paged = await numberedProjects(deps.db, filter, page, byNameOf(call));
        const { resources, included } = await loadProjects(deps, call, paged.items, name);
        return pageDocument(page, { items: resources, total: paged.total }, (resource) => resource, included);
      },
    },
    {
      method: "POST",
      path: "/organizations/:organization/projects",
      needs: "project:write",
      audit: "project.create",
      body: CreateBody,
      handle: async (call) => {
        await checkOrganization(deps.db, call);
        const change = changeOf(call);
        return reply(call, await createProjectWithSettings(deps, call.actor, { name: "", ...change }), 201);
      },
    },
    {
      method: "GET",
      path: "/projects/:project_id",
      needs: "project:read",
      audit: "project.read",
      handle: async (call) => reply(call, await byId(call)),
    },
    {
      method: "PATCH",
      path: "/projects/:project_id",
      needs: "project:write",
      audit: "project.update",
      body: UpdateBody,
      handle: async (call) => {
        const { id } = await byId(call);
        return reply(call, await changeProjectSettings(deps, call.actor, id, changeOf(call)));
      },
    },
    {
      method: "DELETE",
      path: "/projects/:project_id",
      needs: "project:delete",
      audit: "project.delete",
      handle: async (call) => {
        await deleteProject(deps, call.actor, (await byId(call)).id);
        return { status: 204 };
      },
    },
    ...projectTagRoutes(deps, byId),
  ];
}

function projectTagRoutes(deps: TfeDeps, byId: (call: Call) => Promise<Project>): Route[] {
  const list = async (call: Call, type: string): Promise<Reply> => {
    const { id, externalId } = await byId(call);
    const tags = (await listProjectTags(deps.db, [id])).get(id) ?? [];
    return listDocument(tags, (tag) => presentProjectTag(externalId, tag, type));
  };
  return [
    {
      method: "GET",
      path: "/projects/:project_id/tag-bindings",
      needs: "project:read",
      audit: "project.list-tag-bindings",
      handle: (call) => list(call, "tag-bindings"),
    },
    {
      method: "GET",
      path: "/projects/:project_id/effective-tag-bindings",
      needs: "project:read",
      audit: "project.list-effective-tag-bindings",
      handle: (call) => list(call, "effective-tag-bindings"),
    },
    {
      method: "PATCH",
      path: "/projects/:project_id/tag-bindings",
      needs: "project:write",
      audit: "project.add-tag-bindings",
      body: Type.Object({ data: tagBindingData }),
      handle: async (call) => {
        const { id, externalId } = await byId(call);
        const tags = bindingsOfBody(call);
        for (const tag of tags) checkTag(tag);
        await addProjectTags(deps, call.actor, id, tags, checkTagCount);
        return listDocument(tags, (tag) => presentProjectTag(externalId, tag, "tag-bindings"));
      },
    },
  ];
}

/** Projects of one organization, and their tags when the request wants them included. */
async function loadProjects(
  deps: TfeDeps,
  call: Call,
  projects: readonly Project[],
  organizationName: string,
): Promise<{ readonly resources: readonly Resource[]; readonly included: readonly Resource[] }> {
  if (!includes(call).has("effective_tag_bindings")) {
    return {
      resources: projects.map((project) => presentProject(project, organizationName, call.actor)),
      included: [],
    };
  }
  const type = "effective-tag-bindings";
  const tags = await listProjectTags(
    deps.db,
    projects.map((project) => project.id),
  );
  const included: Resource[] = [];
  const resources = projects.map((project) => {
    const own = (tags.get(project.id) ?? []).map((tag) => presentProjectTag(project.externalId, tag, type));
    included.push(...own);
    const ids = own.map((tag) => tag.id);
    return presentProject(project, organizationName, call.actor, { [type]: toMany(type, ids) });
  });
  return { resources, included };
}

function changeOf(call: Call): ProjectChange {
  const given = attributesWithNulls<Attributes>(call);
  const tags = tagBindingsOf(call);
  for (const tag of tags ?? []) checkTag(tag);
  checkTagCount(tags?.length ?? 0);
  return {
    ...(given.name == null ? {} : { name: given.name }),
    ...(given.description === undefined ? {} : { description: given.description ?? "" }),
    ...(given["auto-destroy-activity-duration"] === undefined
      ? {}
      : { autoDestroyActivityDuration: given["auto-destroy-activity-duration"] }),
    ...(tags === undefined ? {} : { tags }),
    mode: modeOf(given),
  };
}

function modeOf(given: { readonly [K in keyof Attributes]?: Attributes[K] | null }): ModeChange {
  const mode = given["default-execution-mode"];
  const pool = given["default-agent-pool-id"];
  const overwrites = given["setting-overwrites"];
  return {
    ...(mode == null ? {} : { mode: parseExecutionMode(mode) }),
    // Some clients mean none by an empty text.
    ...(pool === undefined ? {} : { agentPoolId: pool || null }),
    ...(overwrites?.["default-execution-mode"] == null ? {} : { overwritesMode: overwrites["default-execution-mode"] }),
    ...(overwrites?.["default-agent-pool"] == null ? {} : { overwritesPool: overwrites["default-agent-pool"] }),
  };
}
