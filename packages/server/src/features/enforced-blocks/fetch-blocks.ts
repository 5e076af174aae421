import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Actor } from "../access/index.ts";
import { getBucket, type BucketRef } from "../buckets/index.ts";
import type { EnforcedBlockVersion } from "./enforced-block.ts";
import { listLinkedBlocks } from "./link-store.ts";

/** What the builds of a bucket must run, in the order of execution. Errors: not_found/bucket_not_found. */
export async function fetchLinkedBlocks(
  deps: { readonly db: Db; readonly now: Clock },
  actor: Actor,
  ref: BucketRef,
  client: string,
): Promise<{ readonly name: string; readonly version: EnforcedBlockVersion }[]> {
  void client;
  const bucket = await getBucket(deps.db, actor, ref);
  return listLinkedBlocks(deps.db, bucket.id);
}
