import { Type, type Static } from "typebox";
import {
  changeGroup,
  changeMembers,
  createGroup,
  deleteGroup,
  getGroup,
  listGroups,
  listMembers,
  membersMax,
  type GroupRef,
} from "../../features/groups/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Call, type Route } from "../shared/plane.ts";
import { given, parseUpdateMask, queryText } from "../shared/rpc-body.ts";
import { pageOrder, parsePage, presentPagination } from "../shared/rpc-page.ts";
import type { HcpIamDeps } from "./iam-deps.ts";
import { presentGroup } from "./present-principal.ts";

const ids = given(Type.Array(Type.String(), { maxItems: membersMax }));
const CreateBody = Type.Object({ name: Type.String(), description: given(Type.String()), member_principal_ids: ids });
const GroupBody = Type.Object({ display_name: given(Type.String()), description: given(Type.String()) });
const WrappedBody = Type.Object({ group: given(GroupBody), update_mask: given(Type.String()) });
const MembersBody = Type.Object({ member_principal_ids_to_add: ids, member_principal_ids_to_remove: ids });

const collection = "/2019-12-10/iam/organization/:organization_id/groups";
const item = "/2019-12-10/iam/organization/:organization_id/group/:name";

// Everything this server does is done when its answer leaves: there is no operation to wait for.
const done = { operation_id: "" };

/** Source: hcp-sdk-go, groups_service. */
export function groupRoutes(deps: HcpIamDeps): Route[] {
  return [...collectionRoutes(deps), ...itemRoutes(deps), ...memberRoutes(deps)];
}

function refOf({ params }: Call): GroupRef {
  return { organizationId: params["organization_id"] ?? "", name: params["name"] ?? "" };
}

function collectionRoutes(deps: HcpIamDeps): Route[] {
  return [
    {
      method: "GET",
      path: collection,
      needs: "group:read",
      audit: "GroupsService_ListGroups",
      async handle(call) {
        const { actor, params, query } = call;
        const order = pageOrder(deps, { operation: "GroupsService_ListGroups", params, query, body: null });
        const memberId = queryText(query, "filter.member_principal_id");
        const asked = [query["filter.group_resource_ids"] ?? []].flat().map(String);
        if (asked.length > 1000) {
          throw new DomainError("invalid", "filter", "filter.group_resource_ids can be given 1000 times at most.");
        }
        const filter = {
          ...refOf(call),
          ...(memberId === undefined ? {} : { memberId }),
          ...(asked.length === 0 ? {} : { ids: asked }),
        };
        const cut = await listGroups(deps.db, actor, filter, parsePage(query, order));
        return ok({ groups: cut.items.map(presentGroup), pagination: presentPagination(cut, order) });
      },
    },
    {
      method: "POST",
      path: collection,
      needs: "group:write",
      audit: "GroupsService_CreateGroup",
      body: CreateBody,
      async handle(call) {
        const { name, description, member_principal_ids: memberIds } = call.body as Static<typeof CreateBody>;
        const group = await createGroup(deps, call.actor, refOf(call).organizationId, {
          displayName: name,
          description: description ?? "",
          memberIds: memberIds ?? [],
        });
        return ok({ group: presentGroup(group), ...done });
      },
    },
  ];
}

function itemRoutes(deps: HcpIamDeps): Route[] {
  return [
    {
      method: "GET",
      path: item,
      needs: "group:read",
      audit: "GroupsService_GetGroup",
      async handle(call) {
        return ok({ group: presentGroup(await getGroup(deps.db, call.actor, refOf(call))) });
      },
    },
    {
      method: "PATCH",
      path: item,
      needs: "group:change",
      audit: "GroupsService_UpdateGroup2",
      body: GroupBody,
      async handle(call) {
        const mask = queryText(call.query, "update_mask");
        await changeGroup(deps, call.actor, refOf(call), changeOf(call.body as Static<typeof GroupBody>, mask));
        return ok(done);
      },
    },
    {
      method: "PUT",
      path: item,
      needs: "group:change",
      audit: "GroupsService_UpdateGroup",
      body: WrappedBody,
      async handle(call) {
        const { group, update_mask: mask } = call.body as Static<typeof WrappedBody>;
        await changeGroup(deps, call.actor, refOf(call), changeOf(group ?? {}, mask ?? undefined));
        return ok(done);
      },
    },
    {
      method: "DELETE",
      path: item,
      needs: "group:write",
      audit: "GroupsService_DeleteGroup",
      async handle(call) {
        await deleteGroup(deps, call.actor, refOf(call));
        return ok(done);
      },
    },
  ];
}

/** With a mask what it names is set, to nothing where the body lacks it; without one, what the body has. */
function changeOf(body: Static<typeof GroupBody>, mask: string | undefined) {
  const { display_name: displayName, description } = body;
  if (mask === undefined || mask === "") {
    return { ...(displayName == null ? {} : { displayName }), ...(description == null ? {} : { description }) };
  }
  const named = parseUpdateMask(mask, ["display_name", "description"]);
  return {
    ...(named.has("display_name") ? { displayName: displayName ?? "" } : {}),
    ...(named.has("description") ? { description: description ?? "" } : {}),
  };
}

function memberRoutes(deps: HcpIamDeps): Route[] {
  return [
    {
      method: "GET",
      path: `${item}/members`,
      needs: "group:read",
      audit: "GroupsService_ListGroupMembers",
      async handle(call) {
        const { actor, params, query } = call;
        // The provider reads the first page and no other. Source: terraform-provider-hcp, resource_group_members.go.
        const order = pageOrder(deps, { operation: "GroupsService_ListGroupMembers", params, query, body: null }, [], {
          sizeDefault: membersMax,
        });
        const { group, ...cut } = await listMembers(deps.db, actor, refOf(call), parsePage(query, order));
        return ok({
          group: presentGroup(group),
          members: cut.items.map(({ id, name, email }) => ({
            id,
            name,
            email: email ?? "",
            principal_type: "GROUP_MEMBER_PRINCIPAL_TYPE_USER",
          })),
          pagination: presentPagination(cut, order),
        });
      },
    },
    {
      method: "PUT",
      path: `${item}/members`,
      needs: "group:change",
      audit: "GroupsService_UpdateGroupMembers",
      body: MembersBody,
      async handle(call) {
        const body = call.body as Static<typeof MembersBody>;
        await changeMembers(deps, call.actor, refOf(call), {
          add: body.member_principal_ids_to_add ?? [],
          remove: body.member_principal_ids_to_remove ?? [],
        });
        return ok(done);
      },
    },
  ];
}
