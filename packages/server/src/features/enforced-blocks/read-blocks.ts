import type { Db } from "../../db/database.ts";
import type { Actor, Place } from "../access/index.ts";
import { getProjectOf } from "../buckets/index.ts";
import type { KeysetItems } from "../../platform/keyset.ts";
import type { BlockRef, BlockVersionRef } from "./edit-blocks.ts";
import type { EnforcedBlock, EnforcedBlockVersion } from "./enforced-block.ts";
import {
  findNewestBlockVersion,
  getBlock,
  listBlocks,
  listBlockVersions,
  type BlockList,
} from "./enforced-block-store.ts";
import { listLinkedBuckets, type LinkedBucket } from "./link-store.ts";

/** Errors: not_found/project_not_found. */
export async function readBlocks(
  db: Db,
  actor: Actor,
  place: Place,
  list: Pick<BlockList, "page" | "sorting">,
): Promise<KeysetItems<EnforcedBlock>> {
  const project = await getProjectOf(db, actor, place);
  return listBlocks(db, { projectId: project.id, ...list });
}

/** With its newest version; null when the last was deleted. Errors: not_found/project_not_found, not_found/enforced_block_not_found. */
export async function readBlock(
  db: Db,
  actor: Actor,
  ref: BlockRef,
): Promise<{ readonly block: EnforcedBlock; readonly latest: EnforcedBlockVersion | null }> {
  const project = await getProjectOf(db, actor, ref);
  const block = await getBlock(db, { projectId: project.id, blockId: ref.blockId });
  return { block, latest: (await findNewestBlockVersion(db, block.id)) ?? null };
}

/** Newest first. Errors: as {@link readBlock}. */
export async function readBlockVersions(
  db: Db,
  actor: Actor,
  ref: BlockRef,
): Promise<{ readonly block: EnforcedBlock; readonly versions: readonly EnforcedBlockVersion[] }> {
  const project = await getProjectOf(db, actor, ref);
  const block = await getBlock(db, { projectId: project.id, blockId: ref.blockId });
  return { block, versions: await listBlockVersions(db, block.id) };
}

/** Oldest first. Errors: as {@link readBlock}, not_found/enforced_block_version_not_found. */
export async function readLinkedBuckets(db: Db, actor: Actor, ref: BlockVersionRef): Promise<LinkedBucket[]> {
  const project = await getProjectOf(db, actor, ref);
  return listLinkedBuckets(db, { projectId: project.id, blockId: ref.blockId, versionId: ref.versionId });
}
