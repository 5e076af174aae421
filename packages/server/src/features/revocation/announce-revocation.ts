import type { Db, Tx } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import { toReadableTime, type Millis } from "../../platform/clock.ts";
import type { Actor } from "../access/index.ts";
import { findBucketPlace } from "../buckets/index.ts";
import { eventActor, recordEvent } from "../events/index.ts";
import { describeVersion, findVersions, versionName, type Version } from "../versions/index.ts";

/**
 * The job that is written whenever the revocation of versions changes, and once more for the moment a scheduled one
 * takes effect. Done by those who use versions; they read the versions anew, since a date may have changed meanwhile.
 */
export const versionRevocationChangedJob = "version-revocation-changed";

export interface VersionRevocationChanged {
  readonly versionIds: readonly string[];
  /** Set on the job for the moment a scheduled revocation takes effect. */
  readonly takesEffectAt?: Millis;
}

export interface RevocationCause {
  /** Undefined: the clock, for a scheduled revocation that takes effect. */
  readonly actor?: Actor;
  /** Whether those that are not revoked any more were so until now, and not only going to be. */
  readonly wereRevoked: boolean;
}

/** Writes the jobs with the caller's transaction, which wakes the job worker after its commit. */
export async function announceRevocation(
  tx: Tx,
  versions: readonly Version[],
  cause: RevocationCause,
  now: Millis,
): Promise<void> {
  const dueTimes = new Map<Millis, string[]>();
  for (const { id, revocation } of versions) {
    if (revocation === null || revocation.revokeAt <= now) continue;
    dueTimes.set(revocation.revokeAt, [...(dueTimes.get(revocation.revokeAt) ?? []), id]);
  }
  const ids = versions.map((version) => version.id);
  const changed: VersionRevocationChanged = { versionIds: ids };
  await enqueueJob(tx, { kind: versionRevocationChangedJob, payload: changed }, now);
  for (const [takesEffectAt, versionIds] of dueTimes) {
    const payload: VersionRevocationChanged = { versionIds, takesEffectAt };
    await enqueueJob(tx, { kind: versionRevocationChangedJob, payload, runAt: takesEffectAt }, now);
  }
  for (const version of versions) await recordRevocation(tx, version, cause, now);
}

/** Writes down that a scheduled revocation is in effect now; not when it was moved or taken back meanwhile. Repeatable. */
export async function recordRevocationsInEffect(db: Db, change: VersionRevocationChanged, now: Millis): Promise<void> {
  if (change.takesEffectAt === undefined) return;
  await db.transaction().execute(async (tx) => {
    for (const version of await findVersions(tx, change.versionIds)) {
      if (version.revocation?.revokeAt === change.takesEffectAt) {
        await recordRevocation(tx, version, { wereRevoked: false }, now);
      }
    }
  });
}

async function recordRevocation(tx: Tx, version: Version, cause: RevocationCause, now: Millis): Promise<void> {
  const { revocation } = version;
  const name = versionName(version.number);
  const because = revocation?.message ? `: ${revocation.message}` : "";
  const [kind, words] =
    revocation === null
      ? cause.wereRevoked
        ? (["version.restored", "may be used again"] as const)
        : (["version.revocation_canceled", "will not be revoked"] as const)
      : revocation.revokeAt <= now
        ? (["version.revoked", `is revoked${because}`] as const)
        : ([
            "version.revocation_scheduled",
            `will be revoked on ${toReadableTime(revocation.revokeAt)}${because}`,
          ] as const);
  await recordEvent(
    tx,
    {
      kind,
      ...(await findBucketPlace(tx, version.bucketId)),
      workspaceId: null,
      summary: `${version.bucketName} ${name} ${words}`,
      actorName: revocation?.author ?? cause.actor?.name ?? null,
      data: { ...describeVersion(version), ...eventActor(cause.actor) },
    },
    now,
  );
}
