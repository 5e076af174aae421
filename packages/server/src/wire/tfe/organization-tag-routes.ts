import { Type } from "typebox";
import { checkOrganizationWide, projectScope } from "../../features/access/index.ts";
import {
  deleteOrganizationTags,
  listOrganizationTags,
  tagWorkspaces,
  type OrganizationTag,
} from "../../features/workspaces/index.ts";
import type { Call, Route } from "../shared/plane.ts";
import { pageDocument, pageOf, param, queryText, stubs, toOne, type Resource } from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { keyOfTagId, tagId } from "./tag-id.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const itemsMax = 100;

/** The tags that workspaces of an organization have. */
export function organizationTagRoutes(deps: TfeDeps): Route[] {
  const idsOf = (call: Call): string[] => (call.body as { data: { id: string }[] }).data.map((item) => item.id);
  return [
    {
      method: "GET",
      path: "/organizations/:organization/tags",
      needs: "workspace:read",
      audit: "organization-tag.list",
      handle: async (call) => {
        const { id, name } = await checkOrganization(deps.db, call);
        const page = pageOf(call);
        const text = queryText(call, "q");
        const notOfWorkspace = queryText(call, "filter[exclude][taggable][id]");
        const filter = {
          organizationId: id,
          projects: projectScope(call.actor),
          ...(text === undefined || text === "" ? {} : { text }),
          ...(notOfWorkspace === undefined ? {} : { notOfWorkspace }),
        };
        const paged = await listOrganizationTags(deps.db, filter, page);
        return pageDocument(page, paged, (tag) => presentOrganizationTag(tag, name));
      },
    },
    {
      method: "DELETE",
      path: "/organizations/:organization/tags",
      needs: "workspace:write",
      audit: "organization-tag.delete",
      body: Type.Object({ data: stubs("tags", itemsMax) }),
      handle: async (call) => {
        const { id } = await checkOrganization(deps.db, call);
        checkOrganizationWide(call.actor);
        const keys = idsOf(call).flatMap((tag) => keyOfTagId(tag) ?? []);
        await deleteOrganizationTags(deps.db, id, keys);
        return { status: 204 };
      },
    },
    {
      method: "POST",
      path: "/tags/:tag_id/relationships/workspaces",
      needs: "workspace:write",
      audit: "organization-tag.add-workspaces",
      body: Type.Object({ data: stubs("workspaces", itemsMax) }),
      handle: async (call) => {
        await tagWorkspaces(deps, call.actor, keyOfTagId(param(call, "tag_id")) ?? "", idsOf(call));
        return { status: 204 };
      },
    },
  ];
}

function presentOrganizationTag(tag: OrganizationTag, organizationName: string): Resource {
  return {
    id: tagId(tag.key),
    type: "tags",
    attributes: { name: tag.key, "instance-count": tag.workspaceCount },
    relationships: { organization: toOne("organizations", organizationName) },
  };
}
