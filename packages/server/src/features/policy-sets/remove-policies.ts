import { enqueueJob } from "../../jobs/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { deletePolicySetRow, listSetIdsOf } from "./policy-set-store.ts";
import { listVersionBlobs } from "./policy-set-version-store.ts";
import { deletePolicyRow, listPolicyKeysOf } from "./policy-store.ts";

/**
 * Removes some of the policy sets and policies of an organization that is being removed, with their files. False once there
 * are none left.
 */
export async function removePoliciesOf(tx: Tx, organizationId: string, limit: number, now: Millis): Promise<boolean> {
  const keys: string[] = [];
  const sets = await listSetIdsOf(tx, organizationId, limit);
  for (const id of sets) {
    keys.push(...(await listVersionBlobs(tx, id)));
    await deletePolicySetRow(tx, id);
  }
  const policies = await listPolicyKeysOf(tx, organizationId, limit);
  for (const { id, blobKey } of policies) {
    if (blobKey !== null) keys.push(blobKey);
    await deletePolicyRow(tx, id);
  }
  if (keys.length > 0) await enqueueJob(tx, { kind: "remove-blobs", payload: { keys } }, now);
  return sets.length > 0 || policies.length > 0;
}
