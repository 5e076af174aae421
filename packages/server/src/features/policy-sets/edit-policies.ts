import type { Db } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId, newUlid } from "../../platform/ids.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import { canSee, type Actor } from "../access/index.ts";
import {
  deletePolicyRow,
  findPolicy,
  insertPolicy,
  listPolicyRows,
  savePolicy,
  type PolicyFilter,
} from "./policy-store.ts";
import { checkPolicy, levelsOf, policyNotFound, type Policy, type PolicyKind, type PolicyLevel } from "./policy.ts";

export interface PolicyDeps {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly now: Clock;
  readonly wakeJobs: () => void;
}

/** Errors: not_found/policy_not_found, forbidden/role_too_low. */
export async function getPolicy(deps: Pick<PolicyDeps, "db">, actor: Actor, id: string): Promise<Policy> {
  const policy = await findPolicy(deps.db, id);
  if (policy === undefined || !canSee(actor, { organizationId: policy.organizationId })) throw policyNotFound();
  return policy;
}

/** By name. Errors: forbidden/role_too_low. */
export async function listPolicies(
  deps: Pick<PolicyDeps, "db">,
  actor: Actor,
  filter: PolicyFilter,
  page: Page,
): Promise<Paged<Policy>> {
  if (!canSee(actor, { organizationId: filter.organizationId })) throw policyNotFound();
  return listPolicyRows(deps.db, filter, page);
}

/** Errors: invalid/policy_…, invalid/name_taken, forbidden/role_too_low. */
export async function createPolicy(
  deps: Pick<PolicyDeps, "db" | "now">,
  actor: Actor,
  organization: { readonly id: string; readonly name: string },
  input: {
    readonly name: string;
    readonly kind: PolicyKind;
    readonly description?: string;
    readonly query?: string;
    readonly level?: PolicyLevel;
  },
): Promise<Policy> {
  if (!canSee(actor, { organizationId: organization.id })) throw policyNotFound();
  const now = deps.now();
  const { kind } = input;
  const policy: Policy = {
    id: newExternalId("pol"),
    organizationId: organization.id,
    organizationName: organization.name,
    name: input.name,
    description: input.description ?? "",
    kind,
    query: kind === "opa" ? (input.query ?? null) : null,
    level: input.level ?? (levelsOf[kind][0] as PolicyLevel),
    blobKey: null,
    setCount: 0,
    createdAt: now,
    updatedAt: now,
  };
  checkPolicy(policy);
  if (!(await insertPolicy(deps.db, policy))) {
    throw new DomainError("invalid", "name_taken", "Name has already been taken");
  }
  return policy;
}

/**
 * Changes what is given. A query says nothing to a Sentinel policy, and clients send one all the same: it stays without.
 * Source: go-tfe, TestPoliciesUpdate. Errors: invalid/policy_…, not_found/policy_not_found.
 */
export async function updatePolicy(
  deps: Pick<PolicyDeps, "db" | "now">,
  actor: Actor,
  id: string,
  change: { readonly description?: string; readonly query?: string; readonly level?: PolicyLevel },
): Promise<Policy> {
  const before = await getPolicy(deps, actor, id);
  const policy: Policy = {
    ...before,
    ...change,
    query: before.kind === "opa" ? (change.query ?? before.query) : null,
    updatedAt: deps.now(),
  };
  checkPolicy(policy);
  await savePolicy(deps.db, policy);
  return policy;
}

/** Runs that were made before find it gone, which is an error of theirs. Errors: not_found/policy_not_found. */
export async function deletePolicy(deps: PolicyDeps, actor: Actor, id: string): Promise<void> {
  const policy = await getPolicy(deps, actor, id);
  await deps.db.transaction().execute(async (tx) => {
    await deletePolicyRow(tx, id);
    if (policy.blobKey !== null) {
      await enqueueJob(tx, { kind: "remove-blobs", payload: { keys: [policy.blobKey] } }, deps.now());
    }
  });
  deps.wakeJobs();
}

/** Replaces the code of a policy; runs use it from their next evaluation on. Errors: not_found/policy_not_found. */
export async function uploadPolicy(deps: PolicyDeps, actor: Actor, id: string, code: Buffer): Promise<void> {
  const policy = await getPolicy(deps, actor, id);
  const blobKey = `policies/${id}/${newUlid()}`;
  await deps.blobs.put(blobKey, code);
  await deps.db.transaction().execute(async (tx) => {
    const now = deps.now();
    await savePolicy(tx, { ...policy, blobKey, updatedAt: now });
    if (policy.blobKey !== null) {
      await enqueueJob(tx, { kind: "remove-blobs", payload: { keys: [policy.blobKey] } }, now);
    }
  });
  deps.wakeJobs();
}

/** Errors: not_found/policy_not_found, also before its code is uploaded. */
export async function downloadPolicy(deps: PolicyDeps, actor: Actor, id: string): Promise<Buffer> {
  const { blobKey } = await getPolicy(deps, actor, id);
  const code = blobKey === null ? undefined : await deps.blobs.get(blobKey);
  if (code === undefined) throw policyNotFound();
  return code;
}
