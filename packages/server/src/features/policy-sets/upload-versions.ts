import { DomainError } from "../../platform/errors.ts";
import type { HclReader } from "../../platform/hcl/index.ts";
import { newExternalId, newUlid } from "../../platform/ids.ts";
import { canSee, type Actor } from "../access/index.ts";
import type { PolicyDeps } from "./edit-policies.ts";
import { getPolicySet } from "./edit-policy-sets.ts";
import { findPolicySet, lockPolicySet, savePolicySet } from "./policy-set-store.ts";
import { policySetNotFound } from "./policy-set.ts";
import { policySetVersionNotFound, type PolicySetVersion } from "./policy-set-version.ts";
import { findVersion, insertVersion, saveVersion } from "./policy-set-version-store.ts";
import { readPolicyArchive } from "./read-policy-archive.ts";

export interface UploadVersionDeps extends PolicyDeps {
  readonly readHcl: HclReader;
}

/** Errors: not_found/policy_set_not_found, invalid/policy_set_policies for a set that gathers policies one by one. */
export async function createPolicySetVersion(
  deps: Pick<PolicyDeps, "db" | "now">,
  actor: Actor,
  policySetId: string,
): Promise<PolicySetVersion> {
  const { members } = await getPolicySet(deps, actor, policySetId);
  if (members.policyIds.length > 0) {
    throw new DomainError(
      "invalid",
      "policy_set_policies",
      "The policy set gathers policies that are managed one by one: remove them, or make another set for versions.",
    );
  }
  const now = deps.now();
  const version: PolicySetVersion = {
    id: newExternalId("polsetver"),
    policySetId,
    status: "pending",
    errorMessage: null,
    policyCount: 0,
    blobKey: null,
    createdAt: now,
    updatedAt: now,
  };
  await deps.db.transaction().execute(async (tx) => {
    const set = await lockPolicySet(tx, policySetId);
    if (set === undefined) throw policySetNotFound();
    await insertVersion(tx, version);
    await savePolicySet(tx, { ...set, newestVersionId: version.id });
  });
  return version;
}

/** Errors: not_found/policy_set_version_not_found. */
export async function getPolicySetVersion(
  deps: Pick<PolicyDeps, "db">,
  actor: Actor,
  id: string,
): Promise<PolicySetVersion> {
  const version = await findVersion(deps.db, id);
  const set = version && (await findPolicySet(deps.db, version.policySetId));
  if (version === undefined || set === undefined || !canSee(actor, { organizationId: set.organizationId })) {
    throw policySetVersionNotFound();
  }
  return version;
}

/**
 * Takes the archive of a version: it becomes the set's current one, or says why it cannot be read. Once a version. Errors:
 * not_found/policy_set_version_not_found, conflict/policy_set_version_uploaded.
 */
export async function uploadPolicySetVersion(deps: UploadVersionDeps, id: string, archive: Buffer): Promise<void> {
  const pending = await findVersion(deps.db, id);
  const set = pending && (await findPolicySet(deps.db, pending.policySetId));
  if (pending === undefined || set === undefined) throw policySetVersionNotFound();
  if (pending.status !== "pending") throw uploaded();
  const read = await readPolicyArchive(archive, set.kind, deps.readHcl).catch((error: unknown) => {
    if (error instanceof DomainError && error.kind === "invalid") return error;
    throw error;
  });
  const blobKey = `policy-set-versions/${id}/${newUlid()}`;
  if (!(read instanceof DomainError)) await deps.blobs.put(blobKey, Buffer.from(JSON.stringify(read)));
  await deps.db.transaction().execute(async (tx) => {
    const current = await lockPolicySet(tx, set.id);
    const version = await findVersion(tx, id);
    if (current === undefined || version === undefined) throw policySetVersionNotFound();
    if (version.status !== "pending") throw uploaded();
    const now = deps.now();
    if (read instanceof DomainError) {
      await saveVersion(tx, { ...version, status: "errored", errorMessage: read.message, updatedAt: now });
      return;
    }
    await saveVersion(tx, { ...version, status: "ready", policyCount: read.policies.length, blobKey, updatedAt: now });
    await savePolicySet(tx, { ...current, currentVersionId: id, updatedAt: now });
  });
}

function uploaded(): DomainError {
  return new DomainError(
    "conflict",
    "policy_set_version_uploaded",
    "This policy set version has had its upload: make another for other policies.",
  );
}
