import { Type } from "typebox";
import { checkOrganizationWide } from "../../features/access/index.ts";
import {
  changeReservedTagKey,
  createReservedTagKey,
  deleteReservedTagKey,
  listReservedTagKeys,
  type ReservedTagKey,
} from "../../features/reserved-tag-keys/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import type { Route } from "../shared/plane.ts";
import { attributesOf, document, maybe, pageDocument, pageOf, param, resourceBody, type Resource } from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const CreateBody = resourceBody("reserved-tag-keys", {
  key: Type.String(),
  "disable-overrides": maybe(Type.Boolean()),
});
const UpdateBody = resourceBody("reserved-tag-keys", {
  key: maybe(Type.String()),
  "disable-overrides": maybe(Type.Boolean()),
});

interface Attributes {
  readonly key: string;
  readonly "disable-overrides": boolean;
}

export function reservedTagKeyRoutes(deps: TfeDeps): Route[] {
  const path = "/organizations/:organization/reserved-tag-keys";
  return [
    {
      method: "GET",
      path,
      needs: "project:read",
      audit: "reserved-tag-key.list",
      handle: async (call) => {
        const { id } = await checkOrganization(deps.db, call);
        const page = pageOf(call);
        return pageDocument(page, await listReservedTagKeys(deps.db, id, page), presentKey);
      },
    },
    {
      method: "POST",
      path,
      needs: "project:write",
      audit: "reserved-tag-key.create",
      body: CreateBody,
      handle: async (call) => {
        const { id } = await checkOrganization(deps.db, call);
        checkOrganizationWide(call.actor);
        const { key = "", "disable-overrides": disableOverrides = false } = attributesOf<Attributes>(call);
        return document(presentKey(await createReservedTagKey(deps, id, { key, disableOverrides })), [], 201);
      },
    },
    {
      method: "PATCH",
      path: "/reserved-tag-keys/:reserved_tag_key_id",
      needs: "project:write",
      audit: "reserved-tag-key.update",
      body: UpdateBody,
      handle: async (call) => {
        const { key, "disable-overrides": disableOverrides } = attributesOf<Attributes>(call);
        const change = {
          ...(key === undefined ? {} : { key }),
          ...(disableOverrides === undefined ? {} : { disableOverrides }),
        };
        const changed = await changeReservedTagKey(deps, call.actor, param(call, "reserved_tag_key_id"), change);
        return document(presentKey(changed));
      },
    },
    {
      method: "DELETE",
      path: "/reserved-tag-keys/:reserved_tag_key_id",
      needs: "project:write",
      audit: "reserved-tag-key.delete",
      handle: async (call) => {
        await deleteReservedTagKey(deps, call.actor, param(call, "reserved_tag_key_id"));
        return { status: 204 };
      },
    },
  ];
}

/** The names of the times have an underscore here. Source: go-tfe reserved_tag_key.go. */
function presentKey(key: ReservedTagKey): Resource {
  return {
    id: key.id,
    type: "reserved-tag-keys",
    attributes: {
      key: key.key,
      "disable-overrides": key.disableOverrides,
      created_at: toRfc3339(key.createdAt),
      updated_at: toRfc3339(key.updatedAt),
    },
  };
}
