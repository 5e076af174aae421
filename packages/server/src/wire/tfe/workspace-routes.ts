import { projectScope, type ProjectScope } from "../../features/access/index.ts";
import { Type } from "typebox";
import { findRun } from "../../features/runs/index.ts";
import { deleteWorkspace, unlockWorkspace } from "../../features/runs/index.ts";
import {
  addTags,
  createWorkspace,
  deleteTags,
  findProjectForActor,
  findWorkspace,
  findWorkspaceByName,
  listTags,
  listWorkspaces,
  lockWorkspace,
  updateWorkspace,
  visibleWorkspace,
  type Tag,
  type Workspace,
  type WorkspaceChange,
} from "../../features/workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { clientEngineOf, isCommandLine } from "./client-engine.ts";
import {
  attributesOf,
  document,
  includes,
  listDocument,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryList,
  queryText,
  relatedId,
  relationTo,
  resourceBody,
  type Resource,
} from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { loadRunResources } from "./run-resources.ts";
import { presentTagBinding } from "./present-workspace.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { loadWorkspaces } from "./workspace-resources.ts";

const tagBindingData = Type.Array(
  Type.Object({
    attributes: Type.Object({ key: Type.String(), value: maybe(Type.String()) }),
  }),
  { maxItems: 100 },
);
const tagData = Type.Array(
  Type.Object({
    id: Type.Optional(Type.String()),
    attributes: Type.Optional(Type.Object({ name: Type.Optional(Type.String()) })),
  }),
  { maxItems: 100 },
);

const workspaceAttributes = {
  description: maybe(Type.String({ maxLength: 1000 })),
  "execution-mode": maybe(Type.String()),
  operations: maybe(Type.Boolean()),
  "auto-apply": maybe(Type.Boolean()),
  "terraform-version": maybe(Type.String({ maxLength: 64 })),
  engine: maybe(Type.String()),
  "working-directory": maybe(Type.String({ maxLength: 512 })),
  "assessments-enabled": maybe(Type.Boolean()),
};

const workspaceRelationships = {
  project: relationTo("projects"),
  tags: maybe(Type.Object({ data: maybe(tagData) })),
  "tag-bindings": maybe(Type.Object({ data: maybe(tagBindingData) })),
};

const CreateBody = resourceBody("workspaces", { name: Type.String(), ...workspaceAttributes }, workspaceRelationships);
const UpdateBody = resourceBody(
  "workspaces",
  { name: maybe(Type.String()), ...workspaceAttributes },
  workspaceRelationships,
);

const LockBody = Type.Optional(
  Type.Object({
    data: Type.Optional(
      Type.Object({ attributes: Type.Optional(Type.Object({ reason: maybe(Type.String({ maxLength: 1000 })) })) }),
    ),
    reason: maybe(Type.String({ maxLength: 1000 })),
  }),
);

interface WorkspaceAttributes {
  readonly name: string;
  readonly description: string;
  readonly "execution-mode": string;
  readonly operations: boolean;
  readonly "auto-apply": boolean;
  readonly "terraform-version": string;
  readonly engine: string;
  readonly "working-directory": string;
  readonly "assessments-enabled": boolean;
}

export function workspaceRoutes(deps: TfeDeps): Route[] {
  /** Two ways to name a workspace; everything below works with both. */
  const byId = async (call: Call): Promise<Workspace> =>
    visibleWorkspace(call.actor, await findWorkspace(deps.db, param(call, "workspace_id")));
  const byName = async (call: Call): Promise<Workspace> => {
    await checkOrganization(deps.db, call);
    return visibleWorkspace(
      call.actor,
      await findWorkspaceByName(deps.db, call.actor.organizationId, param(call, "workspace_name")),
    );
  };
  const named = "/organizations/:organization/workspaces/:workspace_name";

  const reply = async (call: Call, workspace: Workspace, status = 200): Promise<Reply> => {
    const [resource] = await loadWorkspaces(deps.db, [workspace], call.actor);
    return document(resource as Resource, await includedOf(deps, call, workspace), status);
  };
  const update = async (call: Call, workspace: Workspace): Promise<Reply> => {
    const updated = await updateWorkspace(deps, call.actor, workspace.id, changeOf(call));
    const tags = tagsOf(call);
    if (tags.length > 0) await addTags(deps, call.actor, workspace.id, tags);
    return reply(call, updated);
  };
  const remove = async (call: Call, workspace: Workspace, safe: boolean): Promise<Reply> => {
    await deleteWorkspace(deps, call.actor, workspace.id, { safe });
    return { status: 204 };
  };

  return [
    {
      method: "GET",
      path: "/organizations/:organization/workspaces",
      needs: "workspace:read",
      audit: "workspace.list",
      handle: async (call) => {
        await checkOrganization(deps.db, call);
        const page = pageOf(call);
        const projects = await projectFilter(deps, call);
        const nameContains = queryText(call, "search[name]");
        const paged = await listWorkspaces(
          deps.db,
          {
            organizationId: call.actor.organizationId,
            projects,
            tags: tagFilter(call),
            withoutTags: queryList(call, "search[exclude-tags]") ?? [],
            ...(nameContains === undefined ? {} : { nameContains }),
          },
          page,
        );
        const resources = await loadWorkspaces(deps.db, paged.items, call.actor);
        return pageDocument(page, { items: resources, total: paged.total }, (resource) => resource);
      },
    },
    {
      method: "POST",
      path: "/organizations/:organization/workspaces",
      needs: "workspace:write",
      audit: "workspace.create",
      body: CreateBody,
      handle: async (call) => {
        await checkOrganization(deps.db, call);
        const { name = "" } = attributesOf<WorkspaceAttributes>(call);
        const workspace = await createWorkspace(deps, call.actor, {
          ...changeOf(call),
          name,
          clientEngine: clientEngineOf(call.request),
          tags: tagsOf(call),
        });
        return reply(call, workspace, 201);
      },
    },
    {
      method: "GET",
      path: named,
      needs: "workspace:read",
      audit: "workspace.read",
      handle: async (call) => reply(call, await byName(call)),
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id",
      needs: "workspace:read",
      audit: "workspace.read",
      handle: async (call) => reply(call, await byId(call)),
    },
    {
      method: "PATCH",
      path: named,
      needs: "workspace:write",
      audit: "workspace.update",
      body: UpdateBody,
      handle: async (call) => update(call, await byName(call)),
    },
    {
      method: "PATCH",
      path: "/workspaces/:workspace_id",
      needs: "workspace:write",
      audit: "workspace.update",
      body: UpdateBody,
      handle: async (call) => update(call, await byId(call)),
    },
    {
      method: "DELETE",
      path: named,
      needs: "workspace:delete",
      audit: "workspace.delete",
      handle: async (call) => remove(call, await byName(call), false),
    },
    {
      method: "DELETE",
      path: "/workspaces/:workspace_id",
      needs: "workspace:delete",
      audit: "workspace.delete",
      handle: async (call) => remove(call, await byId(call), false),
    },
    {
      method: "POST",
      path: `${named}/actions/safe-delete`,
      needs: "workspace:write",
      audit: "workspace.safe-delete",
      handle: async (call) => remove(call, await byName(call), true),
    },
    {
      method: "POST",
      path: "/workspaces/:workspace_id/actions/safe-delete",
      needs: "workspace:write",
      audit: "workspace.safe-delete",
      handle: async (call) => remove(call, await byId(call), true),
    },
    {
      method: "POST",
      path: "/workspaces/:workspace_id/actions/lock",
      needs: "workspace:lock",
      audit: "workspace.lock",
      body: LockBody,
      handle: async (call) =>
        reply(call, await lockWorkspace(deps, call.actor, param(call, "workspace_id"), lockReason(call))),
    },
    {
      method: "POST",
      path: "/workspaces/:workspace_id/actions/unlock",
      needs: "workspace:lock",
      audit: "workspace.unlock",
      handle: async (call) =>
        reply(call, await unlockWorkspace(deps, call.actor, param(call, "workspace_id"), { force: false })),
    },
    {
      method: "POST",
      path: "/workspaces/:workspace_id/actions/force-unlock",
      needs: "workspace:delete",
      audit: "workspace.force-unlock",
      handle: async (call) =>
        reply(call, await unlockWorkspace(deps, call.actor, param(call, "workspace_id"), { force: true })),
    },
    ...tagRoutes(deps, byId),
  ];
}

function tagRoutes(deps: TfeDeps, byId: (call: Call) => Promise<Workspace>): Route[] {
  const bindings = async (call: Call): Promise<Reply> => {
    const { id } = await byId(call);
    const tags = (await listTags(deps.db, [id])).get(id) ?? [];
    return listDocument(tags, (tag) => presentTagBinding(id, tag));
  };
  const bind = async (call: Call): Promise<Reply> => {
    const tags = (call.body as { data: { attributes: { key: string; value?: string | null } }[] }).data;
    await addTags(
      deps,
      call.actor,
      param(call, "workspace_id"),
      tags.map(({ attributes }) => ({ key: attributes.key, value: attributes.value ?? "" })),
    );
    return bindings(call);
  };
  const tagNames = (call: Call): string[] =>
    (call.body as { data: { id?: string; attributes?: { name?: string } }[] }).data.map(
      ({ id, attributes }) => attributes?.name ?? id ?? "",
    );
  return [
    // The command line calls the first path, the published document names the second.
    ...["/workspaces/:workspace_id/tag-bindings", "/workspaces/:workspace_id/relationships/tag-bindings"].flatMap(
      (path): Route[] => [
        { method: "GET", path, needs: "workspace:read", audit: "workspace.list-tag-bindings", handle: bindings },
        {
          method: "PATCH",
          path,
          needs: "workspace:write",
          audit: "workspace.add-tag-bindings",
          body: Type.Object({ data: tagBindingData }),
          handle: bind,
        },
      ],
    ),
    {
      method: "GET",
      path: "/workspaces/:workspace_id/effective-tag-bindings",
      needs: "workspace:read",
      audit: "workspace.list-effective-tag-bindings",
      handle: async (call) => {
        const { id } = await byId(call);
        const tags = (await listTags(deps.db, [id])).get(id) ?? [];
        return listDocument(tags, (tag) => ({ ...presentTagBinding(id, tag), type: "effective-tag-bindings" }));
      },
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id/relationships/tags",
      needs: "workspace:read",
      audit: "workspace.list-tags",
      handle: async (call) => {
        const { id } = await byId(call);
        const tags = (await listTags(deps.db, [id])).get(id) ?? [];
        return listDocument(tags, (tag) => ({
          id: `${id}.${tag.key}`,
          type: "tags",
          attributes: { name: tag.key, "instance-count": 1 },
        }));
      },
    },
    {
      method: "POST",
      path: "/workspaces/:workspace_id/relationships/tags",
      needs: "workspace:write",
      audit: "workspace.add-tags",
      body: Type.Object({ data: tagData }),
      handle: async (call) => {
        const { id } = await byId(call);
        // A plain tag must not erase the value that a key has already.
        const existing = (await listTags(deps.db, [id])).get(id) ?? [];
        const fresh = tagNames(call).filter((name) => !existing.some((tag) => tag.key === name));
        await addTags(
          deps,
          call.actor,
          id,
          fresh.map((key) => ({ key, value: "" })),
        );
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      path: "/workspaces/:workspace_id/relationships/tags",
      needs: "workspace:write",
      audit: "workspace.remove-tags",
      body: Type.Object({ data: tagData }),
      handle: async (call) => {
        const { id } = await byId(call);
        await deleteTags(
          deps,
          call.actor,
          id,
          tagNames(call).map((name) => name.replace(`${id}.`, "")),
        );
        return { status: 204 };
      },
    },
  ];
}

/** None when the filter names a project that the actor does not see. */
async function projectFilter(deps: TfeDeps, call: Call): Promise<ProjectScope> {
  const externalId = queryText(call, "filter[project][id]");
  if (externalId === undefined || externalId === "") return projectScope(call.actor);
  return findProjectForActor(deps.db, call.actor, externalId).then(
    (project) => [project.id],
    (error: unknown) => {
      if (error instanceof DomainError) return [];
      throw error;
    },
  );
}

/** `search[tags]=a,b` and `filter[tagged][0][key]=a`: all of them must be there. */
function tagFilter(call: Call): { key: string; value?: string }[] {
  const filters: { key: string; value?: string }[] = (queryList(call, "search[tags]") ?? []).map((key) => ({ key }));
  for (const name of Object.keys(call.query)) {
    const index = /^filter\[tagged\]\[(\d+)\]\[key\]$/.exec(name)?.[1];
    const key = queryText(call, name);
    if (index === undefined || key === undefined || key === "") continue;
    const value = queryText(call, `filter[tagged][${index}][value]`);
    filters.push(value === undefined || value === "" ? { key } : { key, value });
  }
  return filters;
}

function tagsOf(call: Call): Tag[] {
  const relationships = (
    call.body as {
      data: {
        relationships?: {
          tags?: { data?: { attributes?: { name?: string } }[] | null } | null;
          "tag-bindings"?: { data?: { attributes: { key: string; value?: string | null } }[] | null } | null;
        };
      };
    }
  ).data.relationships;
  return [
    ...(relationships?.tags?.data ?? []).map(({ attributes }) => ({ key: attributes?.name ?? "", value: "" })),
    ...(relationships?.["tag-bindings"]?.data ?? []).map(({ attributes }) => ({
      key: attributes.key,
      value: attributes.value ?? "",
    })),
  ];
}

/** What a body asks to be set. Errors: invalid/execution_mode, invalid/engine. */
function changeOf(call: Call): WorkspaceChange {
  const given = attributesOf<WorkspaceAttributes>(call);
  const mode =
    given["execution-mode"] ?? (given.operations === undefined ? undefined : given.operations ? "remote" : "local");
  if (mode !== undefined && mode !== "remote" && mode !== "local") {
    throw new DomainError(
      "invalid",
      "execution_mode",
      `Execution mode ${JSON.stringify(mode)} is not offered by this server. Use remote, with runners of your own, or local.`,
    );
  }
  const projectExternalId = relatedId(call, "project");
  return {
    ...(given.name === undefined ? {} : { name: given.name }),
    ...(given.description === undefined ? {} : { description: given.description }),
    ...(mode === undefined ? {} : { executionMode: mode }),
    ...(given["auto-apply"] === undefined ? {} : { autoApply: given["auto-apply"] }),
    ...(given["working-directory"] === undefined
      ? {}
      : { workingDirectory: given["working-directory"].replace(/^(?:\.\/)+|^\.$|\/$/g, "") }),
    ...(given["assessments-enabled"] === undefined ? {} : { assessmentsEnabled: given["assessments-enabled"] }),
    ...(projectExternalId === undefined ? {} : { projectExternalId }),
    ...engineChange(call, given),
  };
}

/** See the docstring of `Workspace`: a version from a command line is a note, from anybody else a demand. */
function engineChange(call: Call, given: Partial<WorkspaceAttributes>): WorkspaceChange {
  const { engine } = given;
  const version = given["terraform-version"];
  if (engine !== undefined && engine !== "tofu" && engine !== "terraform") {
    throw new DomainError("invalid", "engine", `Engine ${JSON.stringify(engine)} is unknown. Use tofu or terraform.`);
  }
  const explicitNull =
    (call.body as { data?: { attributes?: { engine?: unknown } } }).data?.attributes?.engine === null;
  const name: WorkspaceChange =
    engine === undefined ? (explicitNull ? { engineName: null } : {}) : { engineName: engine };
  if (version === undefined) return name;
  if (isCommandLine(call.request)) {
    return { ...name, terraformVersion: version, clientEngine: clientEngineOf(call.request) };
  }
  return { ...name, terraformVersion: version, engineVersion: version === "latest" ? null : version };
}

function lockReason(call: Call): string {
  const body = call.body as { reason?: string | null; data?: { attributes?: { reason?: string | null } } } | undefined;
  return body?.data?.attributes?.reason ?? body?.reason ?? "";
}

async function includedOf(deps: TfeDeps, call: Call, workspace: Workspace): Promise<Resource[]> {
  if (!includes(call).has("current_run") || workspace.currentRunId === null) return [];
  const run = await findRun(deps.db, workspace.currentRunId);
  return run === undefined ? [] : loadRunResources(deps, call.actor, [run]);
}
