import type { Db, Tx } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import { toReadableTime, toRfc3339, type Millis } from "../../platform/clock.ts";
import { findBucketPlace } from "../buckets/index.ts";
import { recordEvent } from "../events/index.ts";
import { findVersions, versionName, type Version } from "../versions/index.ts";

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

/** Writes the jobs with the caller's transaction, which wakes the job worker after its commit. */
export async function announceRevocation(tx: Tx, versions: readonly Version[], now: Millis): Promise<void> {
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
  for (const version of versions) await recordRevocation(tx, version, now);
}

/** Writes down that a scheduled revocation is in effect now; not when it was moved or taken back meanwhile. Repeatable. */
export async function recordRevocationsInEffect(db: Db, change: VersionRevocationChanged, now: Millis): Promise<void> {
  if (change.takesEffectAt === undefined) return;
  await db.transaction().execute(async (tx) => {
    for (const version of await findVersions(tx, change.versionIds)) {
      if (version.revocation?.revokeAt === change.takesEffectAt) await recordRevocation(tx, version, now);
    }
  });
}

async function recordRevocation(tx: Tx, version: Version, now: Millis): Promise<void> {
  const { revocation } = version;
  const bucket = version.bucketName;
  const name = versionName(version.number);
  const because = revocation?.message ? `: ${revocation.message}` : "";
  const [kind, words] =
    revocation === null
      ? (["version.revocation_canceled", "may be used again"] as const)
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
      summary: `${bucket} ${name} ${words}`,
      actorName: revocation?.author ?? null,
      data: {
        bucket,
        version: name,
        versionId: version.id,
        fingerprint: version.fingerprint,
        ...(revocation === null
          ? {}
          : {
              revokeAt: toRfc3339(revocation.revokeAt),
              inheritedFrom: revocation.inheritedFrom && {
                bucket: revocation.inheritedFrom.bucketName,
                version: versionName(revocation.inheritedFrom.number),
              },
              message: revocation.message,
            }),
      },
    },
    now,
  );
}
