import { Type, type Static } from "typebox";
import type { Actor } from "../../features/access/index.ts";
import { findGroups, listGroupIds } from "../../features/groups/index.ts";
import { getOrganization } from "../../features/organizations/index.ts";
import {
  findPrincipals,
  listUsersByEmail,
  searchPrincipals,
  type PrincipalSearch,
} from "../../features/principals/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";
import { parseResourceName } from "../shared/resource-names.ts";
import { given, textGiven } from "../shared/rpc-body.ts";
import { pageOrder, parsePage, presentPagination } from "../shared/rpc-page.ts";
import type { HcpIamDeps } from "./iam-deps.ts";
import { presentGroupPrincipal, presentPrincipal, presentProgram, presentUser } from "./present-principal.ts";

const idsMax = 1000;

const ByEmailBody = Type.Object({ email: Type.String({ maxLength: 320 }) });
const texts = given(Type.Array(Type.String(), { maxItems: 100 }));
const SearchBody = Type.Object({
  filter: given(
    Type.Object({
      search_text: given(Type.String({ maxLength: 320 })),
      principal_types: texts,
      exclude_members_of_group_names: texts,
    }),
  ),
  pagination: given(
    Type.Object({
      page_size: given(Type.Union([Type.Integer(), Type.String()])),
      next_page_token: given(Type.String()),
      previous_page_token: given(Type.String()),
    }),
  ),
});

/** Who there is. Source: hcp-sdk-go, iam_service. */
export function principalRoutes(deps: HcpIamDeps): Route[] {
  return [callerRoute(deps), ...userRoutes(deps), batchRoute(deps), searchRoute(deps)];
}

function callerRoute(deps: HcpIamDeps): Route {
  return {
    method: "GET",
    path: "/2019-12-10/caller-identity",
    needs: "authenticated",
    audit: "IamService_GetCallerIdentity",
    async handle({ actor }) {
      const [principal] = await presentIds(deps, actor.organizationId, [actor.id]);
      return ok({ principal: principal ?? presentProgram(actor) });
    },
  };
}

function userRoutes(deps: HcpIamDeps): Route[] {
  const path = "/2019-12-10/organizations/:organization_id/user-principals";
  return [
    {
      method: "GET",
      path: `${path}/:id`,
      needs: "principal:read",
      audit: "IamService_GetUserPrincipalByIdInOrganization",
      async handle({ actor, params }) {
        const organizationId = await seeOrganization(deps, actor, params);
        const id = params["id"] ?? "";
        const [user] = await findPrincipals(deps.db, organizationId, [id]);
        if (user?.kind !== "user") {
          throw new DomainError(
            "not_found",
            "user_not_found",
            `The user principal with identifier ${id} does not exist.`,
          );
        }
        return ok({ user_principal: presentUser(user) });
      },
    },
    {
      method: "POST",
      path: `${path}/by-email`,
      needs: "principal:read",
      audit: "IamService_ListUserPrincipalsForOrganizationByEmail",
      reads: true,
      body: ByEmailBody,
      async handle({ actor, params, body }) {
        const organizationId = await seeOrganization(deps, actor, params);
        const { email } = body as Static<typeof ByEmailBody>;
        if (!/^[^\s@]+@[^\s@]+$/.test(email)) {
          throw new DomainError("invalid", "email", `${JSON.stringify(email)} is not an e-mail address.`);
        }
        const users = await listUsersByEmail(deps.db, organizationId, email);
        return ok({ user_principals: users.map(presentUser) });
      },
    },
  ];
}

function batchRoute(deps: HcpIamDeps): Route {
  return {
    method: "GET",
    path: "/2019-12-10/organizations/:organization_id/principals",
    needs: "principal:read",
    audit: "IamService_BatchGetPrincipals",
    async handle({ actor, params, query }) {
      const organizationId = await seeOrganization(deps, actor, params);
      const ids = [...new Set([query["principal_ids"] ?? []].flat().map(String))];
      if (ids.length === 0 || ids.length > idsMax) {
        throw new DomainError("invalid", "principal_ids", `Give principal_ids 1 to ${idsMax} times.`);
      }
      const principals = await presentIds(deps, organizationId, ids);
      // Never left out: the provider crashes when one that it asked for is not there. Source: internal/clients/iam.go.
      const missing = ids.filter((_id, at) => principals[at] === undefined);
      if (missing.length > 0) {
        const some = missing.slice(0, 5).map((id) => id.slice(0, 80));
        throw new DomainError(
          "not_found",
          "principal_not_found",
          `The principal with identifier ${some.join(", ")}${missing.length > 5 ? " and others" : ""} does not exist.`,
        );
      }
      return ok({ principals });
    },
  };
}

function searchRoute(deps: HcpIamDeps): Route {
  return {
    method: "POST",
    path: "/2019-12-10/organizations/:organization_id/principals/search",
    needs: "principal:read",
    audit: "IamService_SearchPrincipals",
    reads: true,
    body: SearchBody,
    async handle({ actor, params, body }) {
      const organizationId = await seeOrganization(deps, actor, params);
      const { filter, pagination } = body as Static<typeof SearchBody>;
      const page = Object.fromEntries(
        Object.entries(pagination ?? {}).map(([name, value]) => [
          `pagination.${name}`,
          value == null ? "" : String(value),
        ]),
      );
      const call = { operation: "IamService_SearchPrincipals", params, query: page, body: filter ?? null };
      const order = pageOrder(deps, call);
      const text = textGiven(filter?.search_text);
      const cut = await searchPrincipals(deps.db, {
        organizationId,
        kinds: parseKinds(filter?.principal_types ?? []),
        ...(text === undefined ? {} : { text }),
        notInGroups: groupNames(organizationId, filter?.exclude_members_of_group_names ?? []),
        page: parsePage(page, order),
      });
      const principals = await presentIds(
        deps,
        organizationId,
        cut.items.map(({ id }) => id),
      );
      return ok({
        principals: principals.filter((principal) => principal !== undefined),
        pagination: presentPagination(cut, order),
      });
    },
  };
}

/** Whoever has any role in the organization may see who else there is. Errors: not_found/organization_not_found. */
async function seeOrganization(
  deps: HcpIamDeps,
  actor: Actor,
  params: Readonly<Record<string, string>>,
): Promise<string> {
  return (await getOrganization(deps.db, actor, params["organization_id"] ?? "")).id;
}

/** In the order of the ids; undefined for those that nobody has. Three statements. */
async function presentIds(deps: HcpIamDeps, organizationId: string, ids: readonly string[]) {
  const groups = ids.filter((id) => id.startsWith("iam.group:"));
  const others = ids.filter((id) => !id.startsWith("iam.group:"));
  const [principals, foundGroups, memberships] = await Promise.all([
    findPrincipals(deps.db, organizationId, others),
    findGroups(deps.db, organizationId, groups),
    listGroupIds(deps.db, others),
  ]);
  const shown = new Map<string, ReturnType<typeof presentPrincipal> | ReturnType<typeof presentGroupPrincipal>>([
    ...principals.map((one) => [one.id, presentPrincipal(one, memberships.get(one.id) ?? [])] as const),
    ...foundGroups.map((group) => [group.id, presentGroupPrincipal(group)] as const),
  ]);
  return ids.map((id) => shown.get(id));
}

const kindOfType: Readonly<Record<string, PrincipalSearch["kinds"][number]>> = {
  PRINCIPAL_TYPE_USER: "user",
  PRINCIPAL_TYPE_SERVICE: "service_principal",
  PRINCIPAL_TYPE_GROUP: "group",
};

function parseKinds(types: readonly string[]): PrincipalSearch["kinds"] {
  if (types.length === 0) return Object.values(kindOfType);
  return types.map((type) => {
    const kind = kindOfType[type];
    if (kind === undefined) {
      throw new DomainError(
        "invalid",
        "principal_type",
        `A principal type is one of ${Object.keys(kindOfType).join(", ")}.`,
      );
    }
    return kind;
  });
}

/** The last parts of the resource names; a group of elsewhere has no members here. */
function groupNames(organizationId: string, names: readonly string[]): string[] {
  return names.flatMap((text) => {
    const name = parseResourceName(text);
    return name?.kind === "group" && name.organizationId === organizationId ? [name.name] : [];
  });
}
