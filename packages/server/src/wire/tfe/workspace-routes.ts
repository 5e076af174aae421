import { Type } from "typebox";
import { actingWith } from "../../features/access/index.ts";
import { deleteWorkspace, unlockWorkspace } from "../../features/runs/index.ts";
import {
  createWorkspace,
  findWorkspace,
  findWorkspaceByName,
  listWorkspaces,
  lockWorkspace,
  stateReadable,
  updateWorkspace,
  visibleWorkspace,
  type Workspace,
} from "../../features/workspaces/index.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { clientEngineOf } from "./client-engine.ts";
import { document, maybe, pageDocument, pageOf, param, type Resource } from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { remoteStateRoutes } from "./remote-state-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import {
  changeOf,
  CreateWorkspaceBody,
  movesOnly,
  nameOf,
  tagBindingsOf,
  tagsOf,
  UpdateWorkspaceBody,
} from "./workspace-body.ts";
import { workspaceFilterOf, workspaceSortingOf } from "./workspace-list.ts";
import { loadWorkspaceDocuments } from "./workspace-resources.ts";
import { workspaceTagRoutes } from "./workspace-tag-routes.ts";

const LockBody = Type.Optional(
  Type.Object({
    data: Type.Optional(
      Type.Object({ attributes: Type.Optional(Type.Object({ reason: maybe(Type.String({ maxLength: 1000 })) })) }),
    ),
    reason: maybe(Type.String({ maxLength: 1000 })),
  }),
);

export function workspaceRoutes(deps: TfeDeps): Route[] {
  /**
   * What every credential may ask for that is in the organization at all: the credential of a run reads the workspaces
   * whose state it may read. Source: Terraform, the remote backend as data source.
   */
  const readable = (call: Call, workspace: Workspace | undefined): Promise<Workspace> =>
    call.actor.kind === "run"
      ? stateReadable(deps.db, call.actor, workspace)
      : Promise.resolve(visibleWorkspace(actingWith(call.actor, "workspace:read"), workspace));
  const foundByName = async (call: Call): Promise<Workspace | undefined> => {
    const { id } = await checkOrganization(deps.db, call);
    return findWorkspaceByName(deps.db, id, param(call, "workspace_name"));
  };
  /** Two ways to name a workspace; everything below works with both. */
  const byId = async (call: Call): Promise<Workspace> =>
    visibleWorkspace(call.actor, await findWorkspace(deps.db, param(call, "workspace_id")));
  const byName = async (call: Call): Promise<Workspace> => visibleWorkspace(call.actor, await foundByName(call));
  const named = "/organizations/:organization/workspaces/:workspace_name";

  const reply = async (call: Call, workspace: Workspace, status = 200): Promise<Reply> => {
    const { resources, included } = await loadWorkspaceDocuments(deps, call, [workspace]);
    return document(resources[0] as Resource, included, status);
  };
  const update = async (call: Call, workspace: Workspace): Promise<Reply> => {
    const tags = tagBindingsOf(call);
    const change = { ...changeOf(call), ...(tags === undefined ? {} : { tags }) };
    const actor = actingWith(call.actor, movesOnly(call) ? "workspace:move" : "workspace:write");
    return reply(call, await updateWorkspace(deps, actor, workspace.id, change));
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
        const { id } = await checkOrganization(deps.db, call);
        const page = pageOf(call);
        const filter = workspaceFilterOf(call, id);
        const paged = await listWorkspaces(deps.db, filter, page, workspaceSortingOf(call));
        const { resources, included } = await loadWorkspaceDocuments(deps, call, paged.items);
        return pageDocument(page, { items: resources, total: paged.total }, (resource) => resource, included);
      },
    },
    {
      method: "POST",
      path: "/organizations/:organization/workspaces",
      needs: "workspace:create",
      audit: "workspace.create",
      body: CreateWorkspaceBody,
      handle: async (call) => {
        await checkOrganization(deps.db, call);
        const workspace = await createWorkspace(deps, call.actor, {
          ...changeOf(call),
          name: nameOf(call),
          clientEngine: clientEngineOf(call.request),
          tags: tagsOf(call),
        });
        return reply(call, workspace, 201);
      },
    },
    {
      method: "GET",
      path: named,
      needs: "organization:read",
      audit: "workspace.read",
      handle: async (call) => reply(call, await readable(call, await foundByName(call))),
    },
    {
      method: "GET",
      path: "/workspaces/:workspace_id",
      needs: "organization:read",
      audit: "workspace.read",
      handle: async (call) =>
        reply(call, await readable(call, await findWorkspace(deps.db, param(call, "workspace_id")))),
    },
    {
      method: "PATCH",
      path: named,
      // To change it, or to move it: which one is seen by the body.
      needs: "workspace:read",
      audit: "workspace.update",
      body: UpdateWorkspaceBody,
      handle: async (call) => update(call, await byName(call)),
    },
    {
      method: "PATCH",
      path: "/workspaces/:workspace_id",
      needs: "workspace:read",
      audit: "workspace.update",
      body: UpdateWorkspaceBody,
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
      needs: "workspace:safe-delete",
      audit: "workspace.safe-delete",
      handle: async (call) => remove(call, await byName(call), true),
    },
    {
      method: "POST",
      path: "/workspaces/:workspace_id/actions/safe-delete",
      needs: "workspace:safe-delete",
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
      needs: "workspace:administer",
      audit: "workspace.force-unlock",
      handle: async (call) =>
        reply(call, await unlockWorkspace(deps, call.actor, param(call, "workspace_id"), { force: true })),
    },
    ...workspaceTagRoutes(deps, byId),
    ...remoteStateRoutes(deps),
  ];
}

function lockReason(call: Call): string {
  const body = call.body as { reason?: string | null; data?: { attributes?: { reason?: string | null } } } | undefined;
  return body?.data?.attributes?.reason ?? body?.reason ?? "";
}
