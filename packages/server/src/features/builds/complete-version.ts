import type { Db, Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Actor } from "../access/index.ts";
import { findBucketPlace, lockBucket, saveBucket } from "../buckets/index.ts";
import { getChannel, latestChannel, moveChannel } from "../channels/index.ts";
import { decideEnforcement } from "../enforced-blocks/index.ts";
import { eventActor, recordEvent } from "../events/index.ts";
import type { VersionRef } from "../revocation/index.ts";
import { describeVersion, getVersion, isRevoked, numberVersion, versionName, type Version } from "../versions/index.ts";
import { countBuilds } from "./build-store.ts";

/**
 * Makes the version complete when every one of its builds is done: it gets its number, and `latest` moves to it unless
 * it is revoked already. False when a build is missing or the version is complete. The caller holds the lock of the
 * bucket: of several builds that finish together exactly one sees itself as the last. Wake the jobs after the commit.
 */
export async function completeVersionIfDone(tx: Tx, actor: Actor, version: Version, now: Millis): Promise<boolean> {
  if (version.number !== null) return false;
  const { total, unfinished } = await countBuilds(tx, version.id);
  if (total === 0 || unfinished > 0) return false;
  await numberVersion(tx, version, now);
  const complete = await getVersion(tx, version);
  await recordEvent(
    tx,
    {
      kind: "version.completed",
      ...(await findBucketPlace(tx, version.bucketId)),
      workspaceId: null,
      summary: `${complete.bucketName} ${versionName(complete.number)} was built`,
      actorName: version.author,
      data: { ...describeVersion(complete), ...eventActor(actor) },
    },
    now,
  );
  await markEnforcement(tx, actor, complete, now);
  await saveBucket(tx, version.bucketId, {}, now);
  if (!isRevoked(version, now)) {
    const latest = await getChannel(tx, { bucketId: version.bucketId, name: latestChannel });
    await moveChannel(tx, latest, { versionId: version.id, author: null, actor }, now);
  }
  return true;
}

/** Says whether the version was built with the blocks it had to run, and tells when it was not. */
async function markEnforcement(tx: Tx, actor: Actor, version: Version, now: Millis): Promise<void> {
  const { state, reason, blocks } = await decideEnforcement(tx, version, now);
  if (state !== "not_enforced") return;
  const missing = blocks.map((block) => `${block.block} ${block.version}`);
  const named = missing.length > 3 ? `${missing.length} enforced blocks` : missing.join(", ");
  await recordEvent(
    tx,
    {
      kind: "version.not_enforced",
      ...(await findBucketPlace(tx, version.bucketId)),
      workspaceId: null,
      summary: `${version.bucketName} ${versionName(version.number)} was built without ${named}`,
      actorName: version.author,
      data: { ...describeVersion(version), ...eventActor(actor), reason, enforced_blocks: missing },
    },
    now,
  );
}

/**
 * Completes a version on request. One that is complete stays as it is. Errors: not_found/bucket_not_found,
 * not_found/version_not_found, precondition/builds_unfinished.
 */
export async function completeVersion(
  deps: { readonly db: Db; readonly now: Clock; readonly wakeJobs: () => void },
  actor: Actor,
  ref: VersionRef,
): Promise<Version> {
  const completed = await deps.db.transaction().execute(async (tx) => {
    const bucket = await lockBucket(tx, actor, ref);
    const version = await getVersion(tx, { bucketId: bucket.id, fingerprint: ref.fingerprint });
    if (version.number !== null) return version;
    if (!(await completeVersionIfDone(tx, actor, version, deps.now()))) {
      throw new DomainError(
        "precondition",
        "builds_unfinished",
        `The version with fingerprint ${version.fingerprint} cannot be completed: every build must be done first, and there must be one.`,
      );
    }
    return getVersion(tx, version);
  });
  deps.wakeJobs();
  return completed;
}
