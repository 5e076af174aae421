import { Type } from "typebox";
import { projectScope } from "../../features/access/index.ts";
import { changeConsumers, listConsumers } from "../../features/workspaces/index.ts";
import type { Call, Route } from "../shared/plane.ts";
import { pageDocument, pageOf, param, stubs } from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { loadWorkspaces } from "./workspace-resources.ts";

const consumersMax = 1000;
const body = Type.Object({ data: stubs("workspaces", consumersMax) });

/** The workspaces whose runs may read a workspace's state. */
export function remoteStateRoutes(deps: TfeDeps): Route[] {
  const path = "/workspaces/:workspace_id/relationships/remote-state-consumers";
  const change = async (call: Call, how: "add" | "remove" | "replace") => {
    const consumerIds = (call.body as { data: { id: string }[] }).data.map((stub) => stub.id);
    await changeConsumers(deps, call.actor, param(call, "workspace_id"), { how, consumerIds });
    return { status: 204 };
  };
  return [
    {
      method: "GET",
      path,
      needs: "workspace:read",
      audit: "workspace.list-remote-state-consumers",
      handle: async (call) => {
        const page = pageOf(call);
        const scope = projectScope(call.actor);
        const paged = await listConsumers(deps.db, call.actor, param(call, "workspace_id"), scope, page);
        const resources = await loadWorkspaces(deps.db, paged.items, call.actor);
        return pageDocument(page, { items: resources, total: paged.total }, (resource) => resource);
      },
    },
    {
      method: "POST",
      path,
      needs: "workspace:write",
      audit: "workspace.add-remote-state-consumers",
      body,
      handle: (call) => change(call, "add"),
    },
    {
      method: "PATCH",
      path,
      needs: "workspace:write",
      audit: "workspace.replace-remote-state-consumers",
      body,
      handle: (call) => change(call, "replace"),
    },
    {
      method: "DELETE",
      path,
      needs: "workspace:write",
      audit: "workspace.remove-remote-state-consumers",
      body,
      handle: (call) => change(call, "remove"),
    },
  ];
}
