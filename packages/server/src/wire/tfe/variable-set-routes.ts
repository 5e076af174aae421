import { Type } from "typebox";
import { may, projectScope } from "../../features/access/index.ts";
import { findOrganization } from "../../features/organizations/index.ts";
import {
  applyVariableSet,
  changeVariableSet,
  createVariableSet,
  deleteVariableSet,
  getVariableSet,
  listMembers,
  listVariableSets,
  type TargetKind,
  type VariableSet,
  type VariableSetChange,
  type VariableSetFilter,
} from "../../features/variable-sets/index.ts";
import type { VariableContent } from "../../features/variables/index.ts";
import {
  findProjectForActor,
  findWorkspace,
  findWorkspaces,
  visibleWorkspace,
} from "../../features/workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import {
  attributesOf,
  document,
  includes,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryText,
  relatedItems,
  relationToMany,
  resourceBody,
  stubs,
  type Resource,
} from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { presentVariableSet } from "./present-variable.ts";
import { setVariableRoutes } from "./set-variable-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { newContent, variableAttributes } from "./variable-body.ts";
import { loadWorkspaces } from "./workspace-resources.ts";

const membersMax = 1000;
// What one statement binds, with room.
const includedMax = 500;
const attributes = {
  description: maybe(Type.String()),
  global: maybe(Type.Boolean()),
  priority: maybe(Type.Boolean()),
};
const relationships = {
  workspaces: relationToMany("workspaces", membersMax),
  projects: relationToMany("projects", membersMax),
  stacks: relationToMany("stacks", membersMax),
};
const CreateBody = resourceBody(
  "varsets",
  { ...attributes, name: Type.String() },
  {
    ...relationships,
    // The organization by its name, or a project by its id.
    parent: maybe(
      Type.Object({
        data: maybe(
          Type.Object({
            type: Type.Union([Type.Literal("organizations"), Type.Literal("projects")]),
            id: Type.String({ maxLength: 255 }),
          }),
        ),
      }),
    ),
    vars: maybe(
      Type.Object({
        data: maybe(
          Type.Array(Type.Object({ attributes: Type.Object({ ...variableAttributes, key: Type.String() }) }), {
            maxItems: membersMax,
          }),
        ),
      }),
    ),
  },
);
const UpdateBody = resourceBody("varsets", { ...attributes, name: maybe(Type.String()) }, relationships);

export function variableSetRoutes(deps: TfeDeps): Route[] {
  const reply = async (call: Call, set: VariableSet, status = 200): Promise<Reply> => {
    const { resources, included } = await load(deps, call, [set]);
    return document(resources[0] as Resource, included, status);
  };
  const list = async (call: Call, filter: VariableSetFilter): Promise<Reply> => {
    const page = pageOf(call);
    const text = queryText(call, "q");
    const asked = text === undefined || text === "" ? filter : { ...filter, text };
    const { items, total } = await listVariableSets(deps.db, asked, page);
    const { resources, included } = await load(deps, call, items);
    return pageDocument(page, { items: resources, total }, (resource) => resource, included);
  };
  const workspaceOf = async (call: Call) => {
    const { id, projectId, organizationId } = visibleWorkspace(
      call.actor,
      await findWorkspace(deps.db, param(call, "workspace_id")),
    );
    // Whatever applies to a workspace that somebody sees is no secret to them: its runs get it.
    return { filter: { organizationId, projects: null }, workspace: { id, projectId } };
  };
  return [
    {
      method: "GET",
      path: "/organizations/:organization/varsets",
      needs: "variable-set:read",
      audit: "variable-set.list",
      handle: async (call) => {
        const { id } = await checkOrganization(deps.db, call);
        return list(call, { organizationId: id, projects: projectScope(call.actor) });
      },
    },
    {
      method: "POST",
      path: "/organizations/:organization/varsets",
      needs: "variable-set:write",
      audit: "variable-set.create",
      body: CreateBody,
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        const parentProject = parentOf(call, organization.name);
        const { name = "" } = attributesOf<{ name: string }>(call);
        const variables = relatedItems<{ attributes: Partial<VariableContent> }>(call, "vars") ?? [];
        const set = await createVariableSet(deps, call.actor, {
          ...changeOf(call),
          organizationId: organization.id,
          name,
          variables: variables.map((item) => newContent(item.attributes)),
          ...(parentProject === undefined ? {} : { parentProject }),
        });
        return reply(call, set, 201);
      },
    },
    {
      method: "GET",
      path: "/varsets/:varset_id",
      needs: "variable-set:read",
      audit: "variable-set.read",
      handle: async (call) => reply(call, await getVariableSet(deps.db, call.actor, param(call, "varset_id"))),
    },
    {
      method: "PATCH",
      path: "/varsets/:varset_id",
      needs: "variable-set:write",
      audit: "variable-set.update",
      body: UpdateBody,
      handle: async (call) =>
        reply(call, await changeVariableSet(deps, call.actor, param(call, "varset_id"), changeOf(call))),
    },
    {
      method: "DELETE",
      path: "/varsets/:varset_id",
      needs: "variable-set:write",
      audit: "variable-set.delete",
      handle: async (call) => {
        await deleteVariableSet(deps, call.actor, param(call, "varset_id"));
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/varsets",
      needs: "variable:read",
      audit: "variable-set.list-of-workspace",
      handle: async (call) => {
        const { filter, workspace } = await workspaceOf(call);
        return list(call, { ...filter, appliesToWorkspace: workspace });
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/applicable-varsets",
      needs: "variable:read",
      audit: "variable-set.list-applicable",
      handle: async (call) => {
        const { filter, workspace } = await workspaceOf(call);
        return list(call, { ...filter, applicableToWorkspace: workspace });
      },
    },
    {
      method: "GET",
      path: "/projects/:project_id/varsets",
      needs: "variable-set:read",
      audit: "variable-set.list-of-project",
      handle: async (call) => {
        const { id, organizationId } = await findProjectForActor(deps.db, call.actor, param(call, "project_id"));
        return list(call, { organizationId, projects: null, appliesToProject: id });
      },
    },
    ...(["workspaces", "projects"] as const).flatMap((kind) => applicationRoutes(deps, kind)),
    ...setVariableRoutes(deps),
  ];
}

function applicationRoutes(deps: TfeDeps, kind: TargetKind): Route[] {
  const path = `/varsets/:varset_id/relationships/${kind}`;
  const body = Type.Object({ data: stubs(kind, membersMax) });
  const change = async (call: Call, add: boolean): Promise<Reply> => {
    const externalIds = (call.body as { data: { id: string }[] }).data.map((item) => item.id);
    await applyVariableSet(deps, call.actor, param(call, "varset_id"), { add, kind, externalIds });
    return { status: 204 };
  };
  return [
    {
      method: "POST",
      path,
      needs: "variable-set:write",
      audit: `variable-set.apply-to-${kind}`,
      body,
      handle: (call) => change(call, true),
    },
    {
      method: "DELETE",
      path,
      needs: "variable-set:write",
      audit: `variable-set.remove-from-${kind}`,
      body,
      handle: (call) => change(call, false),
    },
  ];
}

/**
 * Sets of one organization with their members, in their order, and with the workspaces themselves when a request wants them and as
 * far as the caller may see them: terraform-provider-tfe finds an application by their names.
 */
async function load(
  deps: TfeDeps,
  call: Call,
  sets: readonly VariableSet[],
): Promise<{ readonly resources: Resource[]; readonly included: Resource[] }> {
  const [first] = sets;
  if (first === undefined) return { resources: [], included: [] };
  const members = await listMembers(
    deps.db,
    sets.map((set) => set.id),
  );
  const organizationName = (await findOrganization(deps.db, first.organizationId))?.name ?? "";
  const resources = sets.map((set) => presentVariableSet(set, organizationName, members.get(set.id)));
  if (!includes(call).has("workspaces")) return { resources, included: [] };
  const ids = [...new Set([...members.values()].flatMap(({ workspaces }) => workspaces))];
  const found = await findWorkspaces(deps.db, ids.slice(0, includedMax));
  const workspaces = found.filter((one) => may(call.actor, "workspace:read", one));
  return { resources, included: await loadWorkspaces(deps.db, workspaces, call.actor) };
}

function changeOf(call: Call): VariableSetChange {
  if ((relatedItems(call, "stacks") ?? []).length > 0) {
    throw new DomainError("invalid", "not_supported", "stacks: this server does not offer stacks.");
  }
  const given = attributesOf<VariableSetChange>(call);
  const workspaces = relatedItems<{ id: string }>(call, "workspaces")?.map((item) => item.id);
  const projects = relatedItems<{ id: string }>(call, "projects")?.map((item) => item.id);
  return {
    ...(given.name === undefined ? {} : { name: given.name }),
    ...(given.description === undefined ? {} : { description: given.description }),
    ...(given.global === undefined ? {} : { global: given.global }),
    ...(given.priority === undefined ? {} : { priority: given.priority }),
    ...(workspaces === undefined ? {} : { workspaces }),
    ...(projects === undefined ? {} : { projects }),
  };
}

/** The project that is to own a new set. Errors: invalid/variable_set_parent. */
function parentOf(call: Call, organizationName: string): string | undefined {
  const body = call.body as
    { data: { relationships?: { parent?: { data?: { type: string; id: string } | null } | null } } } | undefined;
  const parent = body?.data.relationships?.parent?.data;
  if (parent == null) return undefined;
  if (parent.type === "projects") return parent.id;
  if (parent.id === organizationName) return undefined;
  throw new DomainError(
    "invalid",
    "variable_set_parent",
    `Parent must be the organization ${JSON.stringify(organizationName)}, by its name, or one of its projects.`,
  );
}
