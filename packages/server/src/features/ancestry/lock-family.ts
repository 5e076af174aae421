import type { Tx } from "../../db/database.ts";
import type { Actor } from "../access/index.ts";
import { getBucket, lockBuckets, type Bucket, type BucketRef } from "../buckets/index.ts";
import { getVersion, type Version } from "../versions/index.ts";
import { listBucketsOf, lockAncestry } from "./ancestry-store.ts";
import { listDescendantVersions } from "./list-descendant-versions.ts";

/** A version and what descends from it, all of it locked. */
export interface Family {
  readonly bucket: Bucket;
  readonly version: Version;
  readonly descendants: readonly string[];
}

/**
 * Locks everything that a change to this version may reach: the ancestry of its project first, so that no edge comes or
 * goes, then the buckets of the version and of all its descendants. Errors: not_found/bucket_not_found,
 * not_found/version_not_found.
 */
export async function lockFamily(
  tx: Tx,
  actor: Actor,
  ref: BucketRef & { readonly fingerprint: string },
): Promise<Family> {
  const bucket = await getBucket(tx, actor, ref);
  const key = { bucketId: bucket.id, fingerprint: ref.fingerprint };
  await lockAncestry(tx, bucket.projectId);
  const { id } = await getVersion(tx, key);
  const descendants = (await listDescendantVersions(tx, id)).map((descendant) => descendant.versionId);
  await lockBuckets(tx, await listBucketsOf(tx, [id, ...descendants]));
  // Read anew: it may have changed until the lock was ours.
  return { bucket, version: await getVersion(tx, key), descendants };
}
