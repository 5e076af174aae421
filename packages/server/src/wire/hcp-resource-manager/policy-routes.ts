import { Type, type Static } from "typebox";
import {
  getPolicy,
  setPolicy,
  type GivenBinding,
  type MemberKind,
  type Policy,
  type PolicyTarget,
} from "../../features/policies/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Route } from "../shared/plane.ts";
import { parseResourceName } from "../shared/resource-names.ts";
import { given, queryText, textGiven } from "../shared/rpc-body.ts";
import { RpcRefusal } from "../shared/rpc-status.ts";
import type { HcpResourceManagerDeps } from "./resource-manager-deps.ts";
import { parseRoleId, roleIds } from "./role-ids.ts";

const PolicySchema = Type.Object({
  bindings: given(
    Type.Array(
      Type.Object({
        role_id: Type.String(),
        members: given(
          Type.Array(Type.Object({ member_type: given(Type.String()), member_id: Type.String() }), { maxItems: 2000 }),
        ),
      }),
      { maxItems: 1000 },
    ),
  ),
  etag: given(Type.String()),
});
const SetPolicyBody = Type.Object({ policy: given(PolicySchema) });
const SetResourcePolicyBody = Type.Object({
  resource_name: given(Type.String()),
  resource_id: given(Type.String()),
  policy: given(PolicySchema),
});

/** Who may do what. Source: hcp-resource-manager-2019-12-10, the services of organizations, projects and resources. */
export function policyRoutes(deps: HcpResourceManagerDeps): (Route & { readonly prefix?: string })[] {
  return [
    ...(["organization", "project"] as const).flatMap((kind): Route[] => {
      const service = kind === "organization" ? "OrganizationService" : "ProjectService";
      const path = `/2019-12-10/${kind}s/:id/iam-policy`;
      return [
        {
          method: "GET",
          path,
          needs: "policy:read",
          audit: `${service}_GetIamPolicy`,
          handle: async ({ actor, params }) =>
            answer(await getPolicy(deps.db, actor, { kind, id: params["id"] ?? "" })),
        },
        {
          method: "PUT",
          path,
          needs: "policy:write",
          audit: `${service}_SetIamPolicy`,
          body: SetPolicyBody,
          handle: async ({ actor, params, body }) => {
            const { policy } = body as Static<typeof SetPolicyBody>;
            const target: PolicyTarget = { kind, id: params["id"] ?? "" };
            return answer(await set(() => setPolicy(deps, actor, target, parsePolicy(policy))));
          },
        },
      ];
    }),
    {
      prefix: "/2019-12-10",
      method: "GET",
      path: "/resource-manager/resources/iam-policy",
      needs: "policy:read",
      audit: "ResourceService_GetIamPolicy",
      handle: async ({ actor, query }) => {
        const target = parseTarget(queryText(query, "resource_name"), queryText(query, "resource_id"));
        return answer(await getPolicy(deps.db, actor, target));
      },
    },
    {
      prefix: "/2019-12-10",
      method: "PUT",
      path: "/resource-manager/resources/iam-policy",
      needs: "policy:write",
      audit: "ResourceService_SetIamPolicy",
      body: SetResourcePolicyBody,
      handle: async ({ actor, body }) => {
        const { resource_name: name, resource_id: id, policy } = body as Static<typeof SetResourcePolicyBody>;
        const target = parseTarget(textGiven(name), textGiven(id));
        return answer(await set(() => setPolicy(deps, actor, target, parsePolicy(policy))));
      },
    },
  ];
}

/** Errors: invalid/resource_name, not_found/resource_not_found. */
function parseTarget(name: string | undefined, id: string | undefined): PolicyTarget {
  if (name === undefined) {
    throw new DomainError(
      "invalid",
      "resource_name",
      id === undefined
        ? "Name the resource with resource_name, such as packer/project/<id>/bucket/<name>."
        : "Resources are found by resource_name here, such as packer/project/<id>/bucket/<name>; resource_id alone is not enough.",
    );
  }
  const parsed = parseResourceName(name);
  switch (parsed?.kind) {
    case "organization":
    case "project":
    case "bucket":
    case "group":
      return parsed;
    default:
      throw new DomainError(
        "not_found",
        "resource_not_found",
        `There is no resource ${JSON.stringify(name.slice(0, 200))} that has a policy: organizations, projects, buckets and groups have one.`,
      );
  }
}

const memberKinds: Readonly<Record<string, MemberKind | null>> = {
  "": null,
  UNSET: null,
  USER: "user",
  GROUP: "group",
  SERVICE_PRINCIPAL: "service_principal",
};

/** Errors: invalid/role, invalid/member_type. */
function parsePolicy(policy: Static<typeof PolicySchema> | null | undefined): {
  bindings: GivenBinding[];
  etag: string;
} {
  const bindings = (policy?.bindings ?? []).map(({ role_id: roleId, members }) => ({
    role: parseRoleId(roleId),
    // The provider leaves the type out of members that it could not look up. Source: terraform-provider-hcp, iampolicy.
    members: (members ?? []).map(({ member_type: type, member_id: id }) => {
      const kind = memberKinds[type ?? ""];
      if (kind === undefined) {
        throw new DomainError("invalid", "member_type", "A member_type is USER, GROUP or SERVICE_PRINCIPAL.");
      }
      return { kind, id };
    }),
  }));
  return { bindings, etag: policy?.etag ?? "" };
}

const memberTypes: Record<MemberKind, string> = {
  user: "USER",
  group: "GROUP",
  service_principal: "SERVICE_PRINCIPAL",
};

/** The policy is there even when nobody holds anything: clients read it without asking. Source: terraform-provider-hcp. */
function answer({ bindings, etag }: Policy) {
  return ok({
    policy: {
      bindings: bindings.map(({ role, members }) => ({
        role_id: roleIds[role],
        members: members.map(({ kind, id }) => ({ member_type: memberTypes[kind], member_id: id })),
      })),
      etag,
    },
  });
}

/** Clients take HTTP 409 for a policy to read again. Source: terraform-provider-hcp, iampolicy. */
async function set(work: () => Promise<Policy>): Promise<Policy> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "policy_changed") throw error;
    throw new RpcRefusal(error, { code: 10, status: 409, message: error.message });
  }
}
