import { Type } from "typebox";
import { checkOrganizationWide } from "../../features/access/index.ts";
import {
  changeConfigurationBackingData,
  changeStateBackingData,
  findRetentionPolicy,
  removeRetentionPolicy,
  setRetentionPolicy,
  type RetentionOwner,
  type RetentionPolicy,
} from "../../features/data-retention/index.ts";
import { findWorkspace, visibleWorkspace } from "../../features/workspaces/index.ts";
import { backingActions } from "../../platform/backing-data.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import { document, maybe, param, toOne, type Resource } from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const deleteOlder = "data-retention-policy-delete-olders";
const dontDelete = "data-retention-policy-dont-deletes";
const PolicyBody = Type.Object({
  data: Type.Object({
    // The first is the older name of the second.
    type: Type.Enum(["data-retention-policies", deleteOlder, dontDelete]),
    attributes: Type.Optional(
      Type.Object({
        "delete-older-than-n-days": maybe(Type.Integer()),
        deleteOlderThanNDays: maybe(Type.Integer()),
      }),
    ),
  }),
});

/** How long states and configurations are kept, and what to do with the bytes of a single one. */
export function dataRetentionRoutes(deps: TfeDeps): Route[] {
  const workspaceOwner = async (call: Call): Promise<RetentionOwner> => {
    const found = visibleWorkspace(call.actor, await findWorkspace(deps.db, param(call, "workspace_id")));
    return { organizationId: found.organizationId, workspaceId: found.id };
  };
  const organizationOwner = async (call: Call): Promise<RetentionOwner> => {
    const { id } = await checkOrganization(deps.db, call);
    checkOrganizationWide(call.actor);
    return { organizationId: id, workspaceId: null };
  };
  return [
    ...policyRoutes(deps, "/workspaces/:workspace_id", "workspace", workspaceOwner),
    ...policyRoutes(deps, "/organizations/:organization", "organization", organizationOwner),
    ...backingActions.flatMap((action): Route[] => [
      {
        method: "POST",
        path: `/state-versions/:id/actions/${action}_backing_data`,
        needs: "workspace:administer",
        audit: `state-version.${action.replaceAll("_", "-")}`,
        handle: async (call) => {
          await changeStateBackingData(deps, call.actor, param(call, "id"), action);
          return { status: 200 };
        },
      },
      {
        method: "POST",
        path: `/configuration-versions/:id/actions/${action}_backing_data`,
        needs: "workspace:administer",
        audit: `configuration-version.${action.replaceAll("_", "-")}`,
        handle: async (call) => {
          await changeConfigurationBackingData(deps, call.actor, param(call, "id"), action);
          return { status: 200 };
        },
      },
    ]),
  ];
}

function policyRoutes(
  deps: TfeDeps,
  prefix: string,
  noun: "workspace" | "organization",
  ownerOf: (call: Call) => Promise<RetentionOwner>,
): Route[] {
  const path = `${prefix}/relationships/data-retention-policy`;
  const set = async (call: Call) => {
    const policy = await setRetentionPolicy(deps, await ownerOf(call), daysOf(call));
    return document(presentPolicy(policy));
  };
  const writes = noun === "workspace" ? "workspace:write" : "organization:write";
  return [
    {
      method: "GET",
      path,
      needs: noun === "workspace" ? "workspace:read" : "organization:read",
      audit: `${noun}.read-data-retention-policy`,
      handle: async (call) => {
        const policy = await findRetentionPolicy(deps.db, await ownerOf(call));
        if (policy !== undefined) return document(presentPolicy(policy));
        throw new DomainError("not_found", "retention_policy_not_found", "There is no data retention policy here.");
      },
    },
    ...(["POST", "PATCH"] as const).map((method): Route => ({
      method,
      path,
      needs: writes,
      audit: `${noun}.set-data-retention-policy`,
      body: PolicyBody,
      handle: set,
    })),
    {
      method: "DELETE",
      path,
      needs: writes,
      audit: `${noun}.delete-data-retention-policy`,
      handle: async (call) => {
        await removeRetentionPolicy(deps, await ownerOf(call));
        return { status: 204 };
      },
    },
  ];
}

/** Errors: invalid/retention_days. */
function daysOf(call: Call): number | null {
  const { type, attributes } = (
    call.body as { data: { type: string; attributes?: Record<string, number | null | undefined> } }
  ).data;
  if (type === dontDelete) return null;
  const days = attributes?.["delete-older-than-n-days"] ?? attributes?.["deleteOlderThanNDays"];
  if (days != null) return days;
  throw new DomainError("invalid", "retention_days", "Give delete-older-than-n-days.");
}

/** Its type says what it does. Source: go-tfe data_retention_policy.go. */
function retentionPolicyType(policy: RetentionPolicy): string {
  return policy.deleteOlderThanDays === null ? dontDelete : deleteOlder;
}

/** Of the document of its owner; a relationship that is there without one would be read as a policy. */
export function retentionRelationship(policy: RetentionPolicy | undefined): Readonly<Record<string, unknown>> {
  return policy === undefined ? {} : { "data-retention-policy": toOne(retentionPolicyType(policy), policy.id) };
}

function presentPolicy(policy: RetentionPolicy): Resource {
  const { id, deleteOlderThanDays } = policy;
  const attributes = deleteOlderThanDays === null ? {} : { "delete-older-than-n-days": deleteOlderThanDays };
  return { id, type: retentionPolicyType(policy), attributes };
}
