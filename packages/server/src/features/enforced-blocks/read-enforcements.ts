import type { Db } from "../../db/database.ts";
import type { KeysetItems, KeysetPage } from "../../platform/keyset.ts";
import type { Actor } from "../access/index.ts";
import { getBucket, type BucketRef } from "../buckets/index.ts";
import { listEnforcements, type VersionEnforcement } from "./enforcement-store.ts";
import type { EnforcementState } from "./judge-enforcement.ts";

/** Whether the complete versions of a bucket were built with what was enforced, newest first. Errors: not_found/bucket_not_found. */
export async function readEnforcements(
  db: Db,
  actor: Actor,
  ref: BucketRef,
  list: { readonly page: KeysetPage; readonly fingerprint?: string; readonly state?: EnforcementState },
): Promise<KeysetItems<VersionEnforcement>> {
  const bucket = await getBucket(db, actor, ref);
  return listEnforcements(db, { bucketId: bucket.id, ...list });
}
