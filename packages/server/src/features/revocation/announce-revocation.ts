import type { Tx } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { Millis } from "../../platform/clock.ts";
import type { Version } from "../versions/index.ts";

/**
 * The job that is written whenever the revocation of versions changes, and once more for the moment a scheduled one
 * takes effect. Done by those who use versions; they read the versions anew, since a date may have changed meanwhile.
 */
export const versionRevocationChangedJob = "version-revocation-changed";

export interface VersionRevocationChanged {
  readonly versionIds: readonly string[];
}

/** Writes the jobs with the caller's transaction, which wakes the job worker after its commit. */
export async function announceRevocation(tx: Tx, versions: readonly Version[], now: Millis): Promise<void> {
  const dueTimes = new Map<Millis, string[]>();
  for (const { id, revocation } of versions) {
    if (revocation === null || revocation.revokeAt <= now) continue;
    dueTimes.set(revocation.revokeAt, [...(dueTimes.get(revocation.revokeAt) ?? []), id]);
  }
  const ids = versions.map((version) => version.id);
  for (const [runAt, versionIds] of [[now, ids] as const, ...dueTimes]) {
    const payload: VersionRevocationChanged = { versionIds };
    await enqueueJob(tx, { kind: versionRevocationChangedJob, payload, runAt }, now);
  }
}
