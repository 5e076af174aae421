import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Actor } from "../access/index.ts";
import { parseDescription, parseLabels, type Bucket, type BucketRef, type Labels } from "./bucket.ts";
import { lockBucket, saveBucket } from "./bucket-store.ts";

/**
 * Sets what is given and differs; labels are replaced as a whole. Without a difference nothing is written. Errors:
 * not_found/bucket_not_found, invalid/description, invalid/labels.
 */
export async function updateBucket(
  deps: { readonly db: Db; readonly now: Clock },
  actor: Actor,
  ref: BucketRef,
  change: { readonly description?: string; readonly labels?: Labels },
): Promise<Bucket> {
  const description = change.description === undefined ? undefined : parseDescription(change.description);
  const labels = change.labels === undefined ? undefined : parseLabels(change.labels);
  return deps.db.transaction().execute(async (tx) => {
    const bucket = await lockBucket(tx, actor, ref);
    const next = { description: description ?? bucket.description, labels: labels ?? bucket.labels };
    if (next.description === bucket.description && sameLabels(next.labels, bucket.labels)) return bucket;
    const now = deps.now();
    await saveBucket(tx, bucket.id, next, now);
    return { ...bucket, ...next, updatedAt: now };
  });
}

function sameLabels(a: Labels, b: Labels): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
