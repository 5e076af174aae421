import type { Db, Tx } from "../../db/database.ts";
import type { EnforcedBlockLinks } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import { childrenRank, toBucketSummary, type BucketSummary, type BucketSummaryRow } from "../buckets/index.ts";
import {
  blockNotFound,
  blockVersionNotFound,
  type BlockMark,
  type EnforcedBlockLink,
  type EnforcedBlockVersion,
} from "./enforced-block.ts";
import { toBlockVersion } from "./enforced-block-store.ts";

function toLink(row: EnforcedBlockLinks): EnforcedBlockLink {
  return {
    id: row.id,
    bucketId: row.bucket_id,
    blockId: row.enforced_block_id,
    versionId: row.enforced_block_version_id,
    createdAt: row.created_at,
  };
}

/** The links of a block, or of one of its versions, oldest first. */
export async function listLinks(
  db: Db,
  of: { readonly blockId: string } | { readonly versionId: string },
): Promise<EnforcedBlockLink[]> {
  const rows = await db
    .selectFrom("enforced_block_links")
    .selectAll()
    .where((e) =>
      "blockId" in of ? e("enforced_block_id", "=", of.blockId) : e("enforced_block_version_id", "=", of.versionId),
    )
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(toLink);
}

export interface LinkedBucket extends EnforcedBlockLink {
  readonly bucket: BucketSummary;
}

/**
 * The links of a version with their buckets, oldest first. One statement. Errors: not_found/enforced_block_not_found,
 * not_found/enforced_block_version_not_found.
 */
export async function listLinkedBuckets(
  db: Db,
  key: { readonly projectId: string; readonly blockId: string; readonly versionId: string },
): Promise<LinkedBucket[]> {
  const rows = await db
    .selectFrom("enforced_blocks as block")
    .leftJoin("enforced_block_versions as version", (j) =>
      j.onRef("version.enforced_block_id", "=", "block.id").on("version.id", "=", key.versionId),
    )
    .leftJoin("enforced_block_links as link", "link.enforced_block_version_id", "version.id")
    .leftJoin("buckets", "buckets.id", "link.bucket_id")
    .leftJoin("channels", (j) => j.onRef("channels.bucket_id", "=", "buckets.id").on("channels.managed", "=", 1))
    .selectAll("buckets")
    .select(["channels.version_id as latest_version_id", childrenRank.as("children_rank")])
    .select(["version.id as linked_version_id", "link.id as link_id", "link.created_at as linked_at"])
    .where("block.id", "=", key.blockId)
    .where("block.project_id", "=", key.projectId)
    .orderBy("link.created_at")
    .orderBy("link.id")
    .execute();
  const [first] = rows;
  if (first === undefined) throw blockNotFound(key.blockId);
  if (first.linked_version_id === null) throw blockVersionNotFound(key.versionId);
  return rows.flatMap((row) => {
    if (row.id === null || row.link_id === null || row.linked_at === null) return [];
    const { blockId, versionId } = key;
    const bucket = toBucketSummary(row as BucketSummaryRow);
    return [{ id: row.link_id, bucketId: row.id, blockId, versionId, createdAt: row.linked_at, bucket }];
  });
}

/** What is linked to a bucket, with the content, in the order of execution: that in which the blocks were linked. */
export async function listLinkedBlocks(
  db: Db,
  bucketId: string,
): Promise<{ readonly name: string; readonly version: EnforcedBlockVersion }[]> {
  const rows = await db
    .selectFrom("enforced_block_links as link")
    .innerJoin("enforced_blocks as block", "block.id", "link.enforced_block_id")
    .innerJoin("enforced_block_versions as version", "version.id", "link.enforced_block_version_id")
    .selectAll("version")
    .select("block.name as block_name")
    .where("link.bucket_id", "=", bucketId)
    .orderBy("link.created_at")
    .orderBy("link.id")
    .execute();
  return rows.map((row) => ({ name: row.block_name, version: toBlockVersion(row) }));
}

/** As {@link listLinkedBlocks}, without the content. */
export async function listBlockMarks(db: Db, bucketId: string): Promise<BlockMark[]> {
  return db
    .selectFrom("enforced_block_links as link")
    .innerJoin("enforced_blocks as block", "block.id", "link.enforced_block_id")
    .innerJoin("enforced_block_versions as version", "version.id", "link.enforced_block_version_id")
    .select(["block.id as blockId", "block.name as block", "version.id as versionId", "version.label as version"])
    .where("link.bucket_id", "=", bucketId)
    .orderBy("link.created_at")
    .orderBy("link.id")
    .execute();
}

/** How many blocks each of these buckets has; those without any are left out. */
export async function countLinksByBucket(db: Db, bucketIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (bucketIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("enforced_block_links")
    .select((e) => ["bucket_id", e.fn.countAll<number>().as("count")])
    .where("bucket_id", "in", bucketIds)
    .groupBy("bucket_id")
    .execute();
  return new Map(rows.map((row) => [row.bucket_id, Number(row.count)]));
}

/** Buckets that have vanished meanwhile are left out. The caller holds the locks of the block and of the buckets. */
export async function insertLinks(
  tx: Tx,
  version: Pick<EnforcedBlockVersion, "id" | "blockId">,
  bucketIds: readonly string[],
  now: Millis,
): Promise<void> {
  if (bucketIds.length === 0) return;
  const rows = await tx.selectFrom("buckets").select("id").where("id", "in", bucketIds).orderBy("name").execute();
  if (rows.length === 0) return;
  await tx
    .insertInto("enforced_block_links")
    .values(
      rows.map((row) => ({
        id: newUlid(),
        bucket_id: row.id,
        enforced_block_id: version.blockId,
        enforced_block_version_id: version.id,
        created_at: now,
      })),
    )
    .execute();
}

/** Lets these links demand another version of their block; their place in the order of execution stays. */
export async function moveLinks(tx: Tx, linkIds: readonly string[], versionId: string): Promise<void> {
  if (linkIds.length === 0) return;
  await tx
    .updateTable("enforced_block_links")
    .set({ enforced_block_version_id: versionId })
    .where("id", "in", linkIds)
    .execute();
}

export async function deleteLinks(tx: Tx, linkIds: readonly string[]): Promise<void> {
  if (linkIds.length === 0) return;
  await tx.deleteFrom("enforced_block_links").where("id", "in", linkIds).execute();
}
