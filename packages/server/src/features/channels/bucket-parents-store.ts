import type { Tx } from "../../db/database.ts";

/**
 * Writes down anew what the latest version of a bucket was built from: called when `latest` has moved, and when a build
 * of the latest version was told its parent. The caller holds the lock of the bucket.
 */
export async function saveBucketParents(tx: Tx, bucketId: string): Promise<void> {
  await tx.deleteFrom("bucket_parents").where("bucket_id", "=", bucketId).execute();
  await tx
    .insertInto("bucket_parents")
    .columns(["build_id", "bucket_id", "parent_version_id", "parent_bucket_id", "parent_channel_id"])
    .expression((e) =>
      e
        .selectFrom("channels")
        .innerJoin("builds", "builds.version_id", "channels.version_id")
        .innerJoin("versions as parent", "parent.id", "builds.parent_version_id")
        .select(["builds.id", "channels.bucket_id", "parent.id as parent_id", "parent.bucket_id as parent_bucket_id"])
        .select("builds.parent_channel_id")
        .where("channels.bucket_id", "=", bucketId)
        .where("channels.managed", "=", 1),
    )
    .execute();
}
