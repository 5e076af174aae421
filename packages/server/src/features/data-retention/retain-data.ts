import { lockOrganization } from "../organizations/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { listGivenUp, listOutdated } from "./backing-data-store.ts";
import { changeBackingData, type BackingDataDeps } from "./change-backing-data.ts";
import {
  deleteRetentionPolicy,
  saveRetentionPolicy,
  type RetentionOwner,
  type RetentionPolicy,
} from "./retention-policy-store.ts";

const daysMax = 36_500;

/** `days` null: nothing is ever deleted. Errors: invalid/retention_days. */
export async function setRetentionPolicy(
  deps: BackingDataDeps,
  owner: RetentionOwner,
  days: number | null,
): Promise<RetentionPolicy> {
  if (days !== null && (days < 1 || days > daysMax)) {
    throw new DomainError("invalid", "retention_days", `delete-older-than-n-days is a number from 1 to ${daysMax}.`);
  }
  return deps.db.transaction().execute(async (tx) => {
    await lockOrganization(tx, owner.organizationId);
    return saveRetentionPolicy(tx, owner, days, deps.now());
  });
}

/** Removing what is not there is not an error. */
export async function removeRetentionPolicy(deps: BackingDataDeps, owner: RetentionOwner): Promise<void> {
  await deps.db.transaction().execute((tx) => deleteRetentionPolicy(tx, owner));
}

// A week in which what was given up can be taken back.
const graceMs = 7 * 86_400_000;
const itemsASweep = 100;

/**
 * Gives up what the policies let go, and removes for good what was given up a week ago. Two replicas that do it at the same
 * moment do it once.
 */
export async function retainData(deps: BackingDataDeps): Promise<void> {
  for (const table of ["state_versions", "configuration_versions"] as const) {
    const steps = [
      { action: "soft_delete", due: await listOutdated(deps.db, table, deps.now(), itemsASweep) },
      { action: "permanently_delete", due: await listGivenUp(deps.db, table, deps.now() - graceMs, itemsASweep) },
    ] as const;
    for (const { action, due } of steps) {
      for (const one of due) await changeBackingData(deps, table, one, action).catch(ignoreRefusal);
    }
  }
}

/** Somebody needs it, or was faster. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof DomainError) || error.code !== "backing_data_transition") throw error;
}
