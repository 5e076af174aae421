import { Type, type Static } from "typebox";
import {
  constraints,
  getControlPolicy,
  getOrganization,
  getWholeOrganization,
  setControlPolicy,
  type Constraint,
} from "../../features/organizations/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { cutPage, type Key } from "../../platform/keyset.ts";
import { ok, type Route } from "../shared/plane.ts";
import { given } from "../shared/rpc-body.ts";
import { pageOrder, parsePage, presentPagination } from "../shared/rpc-page.ts";
import { RpcRefusal } from "../shared/rpc-status.ts";
import type { HcpResourceManagerDeps } from "./resource-manager-deps.ts";

const SetPolicyBody = Type.Object({
  constraint_ids: given(Type.Array(Type.String(), { maxItems: 100 })),
  etag: given(Type.String()),
});

/** What an organization forbids in all its projects. Source: hcp-resource-manager-2019-12-10, OrganizationService. */
export function controlPolicyRoutes(deps: HcpResourceManagerDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/2019-12-10/organizations/:id/constraints",
      needs: "organization:read",
      audit: "OrganizationService_ListConstraints",
      async handle({ actor, params, query }) {
        const order = pageOrder(deps, { operation: "OrganizationService_ListConstraints", params, query, body: null });
        const page = parsePage(query, order);
        await getOrganization(deps.db, actor, params["id"] ?? "");
        const cut = cutPage(constraintsFrom(page.cursor?.side, page.cursor?.key), page, keyOf);
        return ok({ constraints: cut.items.map(presentConstraint), pagination: presentPagination(cut, order) });
      },
    },
    {
      method: "GET",
      path: "/2019-12-10/organizations/:id/constraints/:name",
      needs: "organization:read",
      audit: "OrganizationService_GetConstraint",
      async handle({ actor, params }) {
        await getOrganization(deps.db, actor, params["id"] ?? "");
        const id = `constraints/${params["name"] ?? ""}`;
        const constraint = constraints.find((known) => known.id === id);
        if (constraint === undefined) {
          throw new DomainError(
            "not_found",
            "constraint_not_found",
            `The constraint with identifier ${id} does not exist.`,
          );
        }
        return ok({ constraint: presentConstraint(constraint) });
      },
    },
    {
      method: "GET",
      path: "/2019-12-10/organizations/:id/resource-control-policy",
      needs: "organization:read",
      audit: "OrganizationService_GetResourceControlPolicy",
      async handle({ actor, params }) {
        const { id } = await getOrganization(deps.db, actor, params["id"] ?? "");
        const policy = await getControlPolicy(deps.db, id);
        return ok({ organization_id: id, enabled_constraints: policy.constraintIds, etag: policy.etag });
      },
    },
    {
      method: "PUT",
      path: "/2019-12-10/organizations/:id/resource-control-policy",
      needs: "organization:write",
      audit: "OrganizationService_SetResourceControlPolicy",
      body: SetPolicyBody,
      async handle({ actor, params, body }) {
        const { id } = await getWholeOrganization(deps.db, actor, params["id"] ?? "");
        const { constraint_ids: ids, etag } = body as Static<typeof SetPolicyBody>;
        try {
          const policy = await setControlPolicy(deps, id, { constraintIds: ids ?? [], etag: etag ?? "" });
          return ok({ etag: policy.etag });
        } catch (error) {
          throw error instanceof DomainError && error.code === "control_policy_changed" ? aborted(error) : error;
        }
      },
    },
  ];
}

function constraintsFrom(side: "after" | "before" | undefined, key: Key | undefined): readonly Constraint[] {
  if (side === undefined || key === undefined) return constraints;
  const from = String(key[1]);
  return side === "after"
    ? constraints.filter(({ id }) => id > from)
    : constraints.filter(({ id }) => id < from).reverse();
}

function keyOf({ id }: Constraint): Key {
  return [id, id];
}

function presentConstraint({ id, service, title, description, deniedPermissions }: Constraint) {
  return { id, service, title, description, denied_permissions: deniedPermissions };
}

/** Code 10 is the conflict that the provider tells its users about. Source: terraform-provider-hcp, isConflictSetPolicyError. */
function aborted(error: DomainError): RpcRefusal {
  return new RpcRefusal(error, { code: 10, status: 409, message: error.message });
}
