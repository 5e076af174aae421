import { listWorkspaceResources, type WorkspaceResource } from "../../features/workspace-resources/index.ts";
import { findWorkspace, stateReadable } from "../../features/workspaces/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import type { Route } from "../shared/plane.ts";
import { pageDocument, pageOf, param, type Resource } from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";

export function workspaceResourceRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/workspaces/:workspace_id/resources",
      needs: "state:read",
      audit: "workspace.list-resources",
      handle: async (call) => {
        const found = await findWorkspace(deps.db, param(call, "workspace_id"));
        const { id } = await stateReadable(deps.db, call.actor, found);
        const page = pageOf(call);
        return pageDocument(page, await listWorkspaceResources(deps.db, id, page), presentResource);
      },
    },
  ];
}

/** Source: go-tfe workspace_resources.go. */
function presentResource(resource: WorkspaceResource): Resource {
  return {
    id: resource.id,
    type: "resources",
    attributes: {
      address: resource.address,
      name: resource.name,
      module: resource.module,
      provider: resource.provider,
      "provider-type": resource.providerType,
      "name-index": resource.nameIndex,
      "modified-by-state-version-id": resource.modifiedByStateVersionId,
      "created-at": toRfc3339(resource.createdAt),
      "updated-at": toRfc3339(resource.updatedAt),
    },
  };
}
