import { Type } from "typebox";
import {
  addToPolicySet,
  createPolicySet,
  createPolicySetVersion,
  deletePolicySet,
  getPolicySet,
  getPolicySetVersion,
  listPolicySets,
  memberKinds,
  removeFromPolicySet,
  updatePolicySet,
  type MemberKind,
  type PolicyKind,
  type PolicySetChange,
  type PolicySetVersion,
  type PolicySetView,
} from "../../features/policy-sets/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import {
  attributesOf,
  document,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryText,
  resourceBody,
  type Resource,
} from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { policyKindWord } from "./policy-routes.ts";
import { loadPolicySets } from "./policy-set-resources.ts";
import { presentVersion } from "./present-policy-set.ts";
import { signLink } from "./signed-links.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const Identifiers = Type.Array(Type.Object({ id: Type.String({ maxLength: 255 }) }), { maxItems: 1000 });
const Members = maybe(Type.Object({ data: maybe(Identifiers) }));
const attributes = {
  name: maybe(Type.String({ maxLength: 255 })),
  description: maybe(Type.String({ maxLength: 8192 })),
  kind: maybe(policyKindWord),
  global: maybe(Type.Boolean()),
  overridable: maybe(Type.Boolean()),
  "agent-enabled": maybe(Type.Boolean()),
  "policy-tool-version": maybe(Type.String({ maxLength: 64 })),
  // Refused by name, since nothing here would honour them.
  "policies-path": Type.Optional(Type.Unknown()),
  "vcs-repo": Type.Optional(Type.Unknown()),
  "policy-update-patterns": Type.Optional(Type.Unknown()),
  "tag-selectors": Type.Optional(Type.Unknown()),
};
const CreateBody = resourceBody("policy-sets", attributes, {
  policies: Members,
  workspaces: Members,
  "workspace-exclusions": Members,
  projects: Members,
  "project-exclusions": Members,
});
const UpdateBody = resourceBody("policy-sets", attributes);
const MembersBody = Type.Object({ data: Identifiers });

interface PolicySetAttributes {
  readonly name: string;
  readonly description: string;
  readonly kind: PolicyKind;
  readonly global: boolean;
  readonly overridable: boolean;
  readonly "agent-enabled": boolean;
  readonly "policy-tool-version": string;
}

const notServed = ["policies-path", "vcs-repo", "policy-update-patterns", "tag-selectors"];

/** Policy sets, where they apply, and their versions. Source: go-tfe policy_set.go, policy_set_version.go. */
export function policySetRoutes(deps: TfeDeps): Route[] {
  const idOf = (call: Call): string => param(call, "policy_set_id");
  return [
    {
      method: "GET",
      path: "/organizations/:organization/policy-sets",
      needs: "policy-set:read",
      audit: "policy-set.list",
      handle: async (call) => {
        const { id: organizationId } = await checkOrganization(deps.db, call);
        const search = queryText(call, "search[name]");
        const kind = queryText(call, "filter[kind]");
        const versioned = queryText(call, "filter[versioned]");
        const page = pageOf(call);
        const filter = {
          organizationId,
          ...(search === undefined ? {} : { search }),
          ...(kind === undefined ? {} : { kind }),
          ...(versioned === undefined ? {} : { versioned: versioned === "true" }),
        };
        const { items, total } = await listPolicySets(deps, call.actor, filter, page);
        const { resources, included } = await loadPolicySets(deps, call, items);
        return pageDocument(page, { items: resources, total }, (set) => set, included);
      },
    },
    {
      method: "POST",
      path: "/organizations/:organization/policy-sets",
      needs: "policy-set:write",
      audit: "policy-set.create",
      body: CreateBody,
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        const { name = "", ...change } = changeOf(call);
        const { kind = "sentinel" } = attributesOf<PolicySetAttributes>(call);
        const input = { ...change, name, kind };
        return reply(deps, call, await createPolicySet(deps, call.actor, organization, input, membersOf(call)), 201);
      },
    },
    {
      method: "GET",
      path: "/policy-sets/:policy_set_id",
      needs: "policy-set:read",
      audit: "policy-set.read",
      handle: async (call) => reply(deps, call, await getPolicySet(deps, call.actor, idOf(call))),
    },
    {
      method: "PATCH",
      path: "/policy-sets/:policy_set_id",
      needs: "policy-set:write",
      audit: "policy-set.update",
      body: UpdateBody,
      handle: async (call) => {
        const { kind } = attributesOf<PolicySetAttributes>(call);
        const { set } = await getPolicySet(deps, call.actor, idOf(call));
        if (kind !== undefined && kind !== set.kind) {
          throw new DomainError("invalid", "policy_set_kind", "Kind of a policy set stays what it is.");
        }
        return reply(deps, call, await updatePolicySet(deps, call.actor, idOf(call), changeOf(call)));
      },
    },
    {
      method: "DELETE",
      path: "/policy-sets/:policy_set_id",
      needs: "policy-set:write",
      audit: "policy-set.delete",
      handle: async (call) => {
        await deletePolicySet(deps, call.actor, idOf(call));
        return { status: 204 };
      },
    },
    ...memberKinds.flatMap((kind) => memberRoutes(deps, kind)),
    ...versionRoutes(deps),
  ];
}

function memberRoutes(deps: TfeDeps, kind: MemberKind): Route[] {
  const path = `/policy-sets/:policy_set_id/relationships/${kind}`;
  const ids = (call: Call) => (call.body as { data: { id: string }[] }).data.map(({ id }) => id);
  return [
    {
      method: "POST",
      path,
      needs: "policy-set:write",
      audit: `policy-set.add-${kind}`,
      body: MembersBody,
      handle: async (call) => {
        await addToPolicySet(deps, call.actor, param(call, "policy_set_id"), kind, ids(call));
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      path,
      needs: "policy-set:write",
      audit: `policy-set.remove-${kind}`,
      body: MembersBody,
      handle: async (call) => {
        await removeFromPolicySet(deps, call.actor, param(call, "policy_set_id"), kind, ids(call));
        return { status: 204 };
      },
    },
  ];
}

function versionRoutes(deps: TfeDeps): Route[] {
  const versionReply = async (version: PolicySetVersion, status = 200): Promise<Reply> => {
    const url = version.status === "pending" ? await signLink(deps, "policy-set-version", version.id) : null;
    return document(presentVersion(version, url), [], status);
  };
  return [
    {
      method: "POST",
      path: "/policy-sets/:policy_set_id/versions",
      needs: "policy-set:write",
      audit: "policy-set-version.create",
      handle: async (call) =>
        versionReply(await createPolicySetVersion(deps, call.actor, param(call, "policy_set_id")), 201),
    },
    {
      // Whoever reads it may upload to it: its link is in it.
      method: "GET",
      path: "/policy-set-versions/:policy_set_version_id",
      needs: "policy-set:write",
      audit: "policy-set-version.read",
      handle: async (call) =>
        versionReply(await getPolicySetVersion(deps, call.actor, param(call, "policy_set_version_id"))),
    },
  ];
}

async function reply(deps: TfeDeps, call: Call, view: PolicySetView, status = 200): Promise<Reply> {
  const { resources, included } = await loadPolicySets(deps, call, [view]);
  return document(resources[0] as Resource, included, status);
}

/** Errors: invalid/policy_set_not_served for what this server cannot do. */
function changeOf(call: Call): PolicySetChange {
  const given = attributesOf<PolicySetAttributes & Record<string, unknown>>(call);
  for (const name of notServed) {
    const value = given[name];
    if (value === undefined || value === "" || (Array.isArray(value) && value.length === 0)) continue;
    throw new DomainError(
      "invalid",
      "policy_set_not_served",
      `The attribute ${name} is not supported: upload the policies as a version, or manage them one by one.`,
    );
  }
  const { name, description, global, overridable, "agent-enabled": agentEnabled } = given;
  const toolVersion = given["policy-tool-version"];
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(global === undefined ? {} : { global }),
    ...(overridable === undefined ? {} : { overridable }),
    ...(agentEnabled === undefined ? {} : { agentEnabled }),
    ...(toolVersion === undefined || toolVersion === "" ? {} : { toolVersion }),
  };
}

function membersOf(call: Call): Partial<Record<MemberKind, readonly string[]>> {
  const body = call.body as {
    data: { relationships?: Record<string, { data?: readonly { id: string }[] | null } | null> };
  };
  return Object.fromEntries(
    memberKinds.map((kind) => [kind, (body.data.relationships?.[kind]?.data ?? []).map(({ id }) => id)]),
  );
}
