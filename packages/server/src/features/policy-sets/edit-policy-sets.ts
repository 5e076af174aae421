import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import { canSee, type Actor } from "../access/index.ts";
import type { PolicyDeps } from "./edit-policies.ts";
import { addMembers, findMemberIds, loadMembers, removeMembers, removePlaces } from "./policy-set-member-store.ts";
import {
  checkPlaces,
  checkPolicySet,
  memberKinds,
  policySetNotFound,
  type MemberKind,
  type PolicySet,
  type PolicySetMembers,
} from "./policy-set.ts";
import {
  deletePolicySetRow,
  findPolicySet,
  insertPolicySet,
  listPolicySetRows,
  lockPolicySet,
  savePolicySet,
  type PolicySetFilter,
} from "./policy-set-store.ts";
import { listVersionBlobs } from "./policy-set-version-store.ts";
import { findPolicies } from "./policy-store.ts";
import type { PolicyKind } from "./policy.ts";

export interface PolicySetView {
  readonly set: PolicySet;
  readonly members: PolicySetMembers;
}

export interface PolicySetChange {
  readonly name?: string;
  readonly description?: string;
  readonly global?: boolean;
  readonly overridable?: boolean;
  readonly agentEnabled?: boolean;
  readonly toolVersion?: string;
}

type Deps = Pick<PolicyDeps, "db" | "now" | "wakeJobs">;

/** Errors: not_found/policy_set_not_found, forbidden/role_too_low. */
export async function getPolicySet(deps: Pick<Deps, "db">, actor: Actor, id: string): Promise<PolicySetView> {
  const set = await findPolicySet(deps.db, id);
  if (set === undefined || !canSee(actor, { organizationId: set.organizationId })) throw policySetNotFound();
  return viewOf(deps.db, set);
}

/** By name. Errors: forbidden/role_too_low. */
export async function listPolicySets(
  deps: Pick<Deps, "db">,
  actor: Actor,
  filter: PolicySetFilter,
  page: Page,
): Promise<Paged<PolicySetView>> {
  if (!canSee(actor, { organizationId: filter.organizationId })) throw policySetNotFound();
  const { items, total } = await listPolicySetRows(deps.db, filter, page);
  const members = await loadMembers(
    deps.db,
    items.map((set) => set.id),
  );
  return { items: items.map((set) => ({ set, members: members.get(set.id) as PolicySetMembers })), total };
}

/** Errors: invalid/policy_…, invalid/policy_set_…, invalid/name_taken, forbidden/role_too_low. */
export async function createPolicySet(
  deps: Deps,
  actor: Actor,
  organization: { readonly id: string; readonly name: string },
  input: PolicySetChange & { readonly name: string; readonly kind: PolicyKind },
  members: Readonly<Partial<Record<MemberKind, readonly string[]>>>,
): Promise<PolicySetView> {
  if (!canSee(actor, { organizationId: organization.id })) throw policySetNotFound();
  const now = deps.now();
  const set: PolicySet = {
    description: "",
    global: false,
    overridable: false,
    agentEnabled: false,
    toolVersion: null,
    ...input,
    id: newExternalId("polset"),
    organizationId: organization.id,
    organizationName: organization.name,
    currentVersionId: null,
    newestVersionId: null,
    createdAt: now,
    updatedAt: now,
  };
  checkPolicySet(set);
  return deps.db.transaction().execute(async (tx) => {
    if (!(await insertPolicySet(tx, set))) throw nameTaken();
    for (const kind of memberKinds) await checkAndAdd(tx, set, kind, members[kind] ?? []);
    return viewOf(tx, set);
  });
}

/**
 * Changes what is given. A set that becomes global leaves its places. Errors: as for creating,
 * not_found/policy_set_not_found.
 */
export async function updatePolicySet(
  deps: Deps,
  actor: Actor,
  id: string,
  change: PolicySetChange,
): Promise<PolicySetView> {
  return changeSet(deps, actor, id, async (tx, before) => {
    const set: PolicySet = { ...before, ...change, updatedAt: deps.now() };
    checkPolicySet(set);
    await savePolicySet(tx, set).catch((error: unknown) => {
      throw isUniqueViolation(error) ? nameTaken() : error;
    });
    if (set.global && !before.global) await removePlaces(tx, id);
    return set;
  });
}

/** Errors: not_found/policy_set_not_found. */
export async function deletePolicySet(deps: Deps, actor: Actor, id: string): Promise<void> {
  await getPolicySet(deps, actor, id);
  await deps.db.transaction().execute(async (tx) => {
    const keys = await listVersionBlobs(tx, id);
    await deletePolicySetRow(tx, id);
    if (keys.length > 0) await enqueueJob(tx, { kind: "remove-blobs", payload: { keys } }, deps.now());
  });
  deps.wakeJobs();
}

/** Errors: not_found/policy_set_not_found, invalid/policy_set_… for what the organization does not have or the set cannot take. */
export async function addToPolicySet(
  deps: Deps,
  actor: Actor,
  id: string,
  kind: MemberKind,
  ids: readonly string[],
): Promise<void> {
  await changeSet(deps, actor, id, async (tx, set) => {
    await checkAndAdd(tx, set, kind, ids);
    return set;
  });
}

/** What is not there is no error. Errors: not_found/policy_set_not_found. */
export async function removeFromPolicySet(
  deps: Deps,
  actor: Actor,
  id: string,
  kind: MemberKind,
  ids: readonly string[],
): Promise<void> {
  await changeSet(deps, actor, id, async (tx, set) => {
    await removeMembers(tx, id, kind, await findMemberIds(tx, set.organizationId, kind, ids));
    return set;
  });
}

async function changeSet(
  deps: Deps,
  actor: Actor,
  id: string,
  change: (tx: Tx, set: PolicySet) => Promise<PolicySet>,
): Promise<PolicySetView> {
  await getPolicySet(deps, actor, id);
  return deps.db.transaction().execute(async (tx) => {
    const set = await lockPolicySet(tx, id);
    if (set === undefined) throw policySetNotFound();
    return viewOf(tx, await change(tx, set));
  });
}

async function checkAndAdd(tx: Tx, set: PolicySet, kind: MemberKind, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  checkPlaces(set, kind);
  const wanted = [...new Set(ids)];
  const found = await findMemberIds(tx, set.organizationId, kind, wanted);
  if (found.length !== wanted.length) {
    throw new DomainError(
      "invalid",
      "policy_set_member",
      `One of the ${kind.replace("-", " ")} does not exist in this organization, or you may not see it.`,
    );
  }
  if (kind === "policies") await checkPolicies(tx, set, found);
  await addMembers(tx, set.id, kind, found);
}

async function checkPolicies(db: Db, set: PolicySet, ids: readonly string[]): Promise<void> {
  if (set.newestVersionId !== null) {
    throw new DomainError(
      "invalid",
      "policy_set_versioned",
      "Policies come with the versions of this policy set: it takes none that are managed one by one.",
    );
  }
  if ((await findPolicies(db, ids)).some((policy) => policy.kind !== set.kind)) {
    throw new DomainError("invalid", "policy_set_kind", `Policies must be of the kind of the policy set, ${set.kind}.`);
  }
}

async function viewOf(db: Db, set: PolicySet): Promise<PolicySetView> {
  return { set, members: (await loadMembers(db, [set.id])).get(set.id) as PolicySetMembers };
}

function nameTaken(): DomainError {
  return new DomainError("invalid", "name_taken", "Name has already been taken");
}
