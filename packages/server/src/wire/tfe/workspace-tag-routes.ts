import { Type } from "typebox";
import {
  addPlainTags,
  bindTags,
  deleteTags,
  listEffectiveTags,
  listTags,
  type Workspace,
} from "../../features/workspaces/index.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { listDocument, param } from "./json-api.ts";
import { presentEffectiveTag, presentTagBinding } from "./present-workspace.ts";
import { keyOfTagId, tagId } from "./tag-id.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { bindingsOfBody, tagBindingData, tagData } from "./workspace-body.ts";

export function workspaceTagRoutes(deps: TfeDeps, byId: (call: Call) => Promise<Workspace>): Route[] {
  const bindings = async (call: Call): Promise<Reply> => {
    const { id } = await byId(call);
    const tags = (await listTags(deps.db, [id])).get(id) ?? [];
    return listDocument(tags, (tag) => presentTagBinding(id, tag));
  };
  const bind = async (call: Call): Promise<Reply> => {
    const id = param(call, "workspace_id");
    const tags = bindingsOfBody(call);
    await bindTags(deps, call.actor, id, tags);
    // In the order of the request. Source: go-tfe workspace_integration_test.go, AddTagBindings.
    return listDocument(tags, (tag) => presentTagBinding(id, tag));
  };
  const tagNames = (call: Call): string[] =>
    (call.body as { data: { id?: string; attributes?: { name?: string } }[] }).data.map(
      ({ id = "", attributes }) => attributes?.name ?? keyOfTagId(id) ?? id,
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
        const tags = (await listEffectiveTags(deps.db, [id])).get(id) ?? [];
        return listDocument(tags, (tag) => presentEffectiveTag(id, tag));
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
          id: tagId(tag.key),
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
        await addPlainTags(deps, call.actor, param(call, "workspace_id"), tagNames(call));
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
        await deleteTags(deps, call.actor, id, tagNames(call));
        return { status: 204 };
      },
    },
  ];
}
