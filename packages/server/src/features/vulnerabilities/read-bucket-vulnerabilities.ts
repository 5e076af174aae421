import type { Db } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { may, type Actor } from "../access/index.ts";
import { getBucket, type BucketRef } from "../buckets/index.ts";
import type { ImageScope } from "./vulnerability.ts";

/** What a bucket gives out, for somebody who may see it. Errors: not_found/bucket_not_found. */
export async function openImageScope(db: Db, actor: Actor, ref: BucketRef, now: Millis): Promise<ImageScope> {
  const bucket = await getBucket(db, actor, ref);
  return {
    bucketId: bucket.id,
    withRestricted: may(actor, "channel:read-restricted", { ...ref, bucketName: ref.name }),
    now,
  };
}
