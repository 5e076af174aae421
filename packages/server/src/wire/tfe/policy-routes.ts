import { Type } from "typebox";
import {
  createPolicy,
  deletePolicy,
  downloadPolicy,
  getPolicy,
  listPolicies,
  policyKinds,
  policyLevels,
  updatePolicy,
  uploadPolicy,
  type Policy,
  type PolicyKind,
  type PolicyLevel,
} from "../../features/policy-sets/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import { readBody } from "../shared/read-body.ts";
import {
  attributesOf,
  document,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryText,
  resourceBody,
  toOne,
  type Resource,
} from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";

export const policyKindWord = Type.Union(policyKinds.map((kind) => Type.Literal(kind)));
const levelWord = Type.Union(policyLevels.map((level) => Type.Literal(level)));

const Body = resourceBody("policies", {
  name: maybe(Type.String({ maxLength: 255 })),
  description: maybe(Type.String({ maxLength: 8192 })),
  kind: maybe(policyKindWord),
  query: maybe(Type.String({ maxLength: 4096 })),
  "enforcement-level": maybe(levelWord),
  // The older way to give the level.
  enforce: maybe(
    Type.Array(Type.Object({ path: maybe(Type.String({ maxLength: 512 })), mode: levelWord }), { maxItems: 1 }),
  ),
});

interface PolicyAttributes {
  readonly name: string;
  readonly description: string;
  readonly kind: PolicyKind;
  readonly query: string;
  readonly "enforcement-level": PolicyLevel;
  readonly enforce: readonly { readonly path?: string | null; readonly mode: PolicyLevel }[];
}

// Source: the published API, upload a policy: 413 above.
const codeBytesMax = 10 * 1024 * 1024;

/** Policies that are managed one by one. Source: go-tfe policy.go; the published API, policies. */
export function policyRoutes(deps: TfeDeps): Route[] {
  const idOf = (call: Call): string => param(call, "policy_id");
  return [
    {
      method: "GET",
      path: "/organizations/:organization/policies",
      needs: "policy-set:read",
      audit: "policy.list",
      handle: async (call) => {
        const { id: organizationId } = await checkOrganization(deps.db, call);
        const search = queryText(call, "search[name]");
        const kind = queryText(call, "filter[kind]");
        const filter = {
          organizationId,
          ...(search === undefined ? {} : { search }),
          ...(kind === undefined ? {} : { kind }),
        };
        const page = pageOf(call);
        return pageDocument(page, await listPolicies(deps, call.actor, filter, page), presentPolicy);
      },
    },
    {
      method: "POST",
      path: "/organizations/:organization/policies",
      needs: "policy-set:write",
      audit: "policy.create",
      body: Body,
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        const { name = "", kind = "sentinel", description, query } = attributesOf<PolicyAttributes>(call);
        const level = levelOf(call, name, kind);
        const policy = await createPolicy(deps, call.actor, organization, {
          name,
          kind,
          ...(description === undefined ? {} : { description }),
          ...(query === undefined ? {} : { query }),
          ...(level === undefined ? {} : { level }),
        });
        return document(presentPolicy(policy), [], 201);
      },
    },
    {
      method: "GET",
      path: "/policies/:policy_id",
      needs: "policy-set:read",
      audit: "policy.read",
      handle: async (call) => document(presentPolicy(await getPolicy(deps, call.actor, idOf(call)))),
    },
    {
      method: "PATCH",
      path: "/policies/:policy_id",
      needs: "policy-set:write",
      audit: "policy.update",
      body: Body,
      handle: async (call) => {
        const { name, kind, description, query } = attributesOf<PolicyAttributes>(call);
        const before = await getPolicy(deps, call.actor, idOf(call));
        if ((name !== undefined && name !== before.name) || (kind !== undefined && kind !== before.kind)) {
          throw new DomainError("invalid", "policy_name", "Name and kind of a policy stay what they are.");
        }
        const level = levelOf(call, before.name, before.kind);
        const change = {
          ...(description === undefined ? {} : { description }),
          ...(query === undefined ? {} : { query }),
          ...(level === undefined ? {} : { level }),
        };
        return document(presentPolicy(await updatePolicy(deps, call.actor, idOf(call), change)));
      },
    },
    {
      method: "DELETE",
      path: "/policies/:policy_id",
      needs: "policy-set:write",
      audit: "policy.delete",
      handle: async (call) => {
        await deletePolicy(deps, call.actor, idOf(call));
        return { status: 204 };
      },
    },
    {
      method: "PUT",
      path: "/policies/:policy_id/upload",
      needs: "policy-set:write",
      audit: "policy.upload",
      streamTypes: ["application/octet-stream"],
      handle: async (call) => {
        await getPolicy(deps, call.actor, idOf(call));
        await uploadPolicy(deps, call.actor, idOf(call), await readBody(call.body, codeBytesMax));
        return { status: 200 };
      },
    },
    {
      method: "GET",
      path: "/policies/:policy_id/download",
      needs: "policy-set:read",
      audit: "policy.download",
      handle: async (call) => ({
        status: 200,
        body: await downloadPolicy(deps, call.actor, idOf(call)),
        contentType: "application/octet-stream",
      }),
    },
  ];
}

/** Errors: invalid/policy_enforce for a path of another policy. */
function levelOf(call: Call, name: string, kind: PolicyKind): PolicyLevel | undefined {
  const given = attributesOf<PolicyAttributes>(call);
  const [enforce] = given.enforce ?? [];
  if (enforce?.path != null && enforce.path !== pathOf(name, kind)) {
    throw new DomainError("invalid", "policy_enforce", `Enforce path must be ${pathOf(name, kind)}.`);
  }
  return given["enforcement-level"] ?? enforce?.mode;
}

function pathOf(name: string, kind: PolicyKind): string {
  return `${name}.${kind === "opa" ? "rego" : "sentinel"}`;
}

/** `enforce` is there once there is code. Source: go-tfe, TestPoliciesRead. */
export function presentPolicy(policy: Policy): Resource {
  const self = `/api/v2/policies/${policy.id}`;
  return {
    id: policy.id,
    type: "policies",
    attributes: {
      name: policy.name,
      description: policy.description,
      kind: policy.kind,
      query: policy.query,
      "enforcement-level": policy.level,
      enforce: policy.blobKey === null ? [] : [{ path: pathOf(policy.name, policy.kind), mode: policy.level }],
      "policy-set-count": policy.setCount,
      "updated-at": toRfc3339(policy.updatedAt),
    },
    relationships: { organization: toOne("organizations", policy.organizationName) },
    links: { self, upload: `${self}/upload`, download: `${self}/download` },
  };
}
