import type { Db } from "../../db/database.ts";
import type { Actor } from "../access/index.ts";
import type { BucketRef } from "./bucket.ts";
import { deleteBucketRow, lockBucket } from "./bucket-store.ts";

/**
 * Removes the bucket and all it holds. Versions of other buckets that were built from it keep their own data. Errors:
 * not_found/bucket_not_found.
 */
export async function deleteBucket(deps: { readonly db: Db }, actor: Actor, ref: BucketRef): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const bucket = await lockBucket(tx, actor, ref);
    await deleteBucketRow(tx, bucket.id);
  });
}
