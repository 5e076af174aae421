import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { keyOf, keyset, sortedColumns } from "../../db/keyset.ts";
import type { EnforcedBlocks, EnforcedBlockVersions } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import type { Labels } from "../buckets/index.ts";
import type { TemplateType } from "../versions/index.ts";
import {
  blockNotFound,
  blockVersionNotFound,
  type EnforcedBlock,
  type EnforcedBlockVersion,
} from "./enforced-block.ts";

export type BlockOrder = "name" | "created_at" | "updated_at";

function toBlock(row: EnforcedBlocks): EnforcedBlock {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    labels: JSON.parse(row.labels) as Labels,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export function toBlockVersion(row: EnforcedBlockVersions): EnforcedBlockVersion {
  return {
    id: row.id,
    blockId: row.enforced_block_id,
    label: row.label,
    templateType: row.template_type as TemplateType,
    content: row.content,
    description: row.description,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Undefined when the project has a block of this name already. */
export async function insertBlock(
  tx: Tx,
  block: { readonly projectId: string; readonly name: string; readonly labels: Labels },
  now: Millis,
): Promise<EnforcedBlock | undefined> {
  const row = await tx
    .insertInto("enforced_blocks")
    .values({
      id: newUlid(),
      project_id: block.projectId,
      name: block.name,
      labels: JSON.stringify(block.labels),
      created_at: now,
      updated_at: now,
    })
    .onConflict((c) => c.columns(["project_id", "name"]).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toBlock(row);
}

/** Undefined when the block has a version of this label already. */
export async function insertBlockVersion(
  tx: Tx,
  version: Pick<EnforcedBlockVersion, "blockId" | "label" | "templateType" | "content" | "description">,
  now: Millis,
): Promise<EnforcedBlockVersion | undefined> {
  const row = await tx
    .insertInto("enforced_block_versions")
    .values({
      id: newUlid(),
      enforced_block_id: version.blockId,
      label: version.label,
      template_type: version.templateType,
      content: version.content,
      description: version.description,
      created_at: now,
      updated_at: now,
    })
    .onConflict((c) => c.columns(["enforced_block_id", "label"]).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toBlockVersion(row);
}

export async function countBlocks(db: Db, projectId: string): Promise<number> {
  const { count } = await db
    .selectFrom("enforced_blocks")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("project_id", "=", projectId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export interface BlockList {
  readonly projectId: string;
  readonly page: KeysetPage;
  readonly sorting: readonly { readonly field: BlockOrder; readonly descending: boolean }[];
}

/** One page of a project's blocks. */
export async function listBlocks(db: Db, list: BlockList): Promise<KeysetItems<EnforcedBlock>> {
  const rows = await db
    .selectFrom("enforced_blocks")
    .selectAll()
    .where("project_id", "=", list.projectId)
    .$call(keyset({ by: sortedColumns("enforced_blocks", list.sorting), id: "enforced_blocks.id" }, list.page))
    .execute();
  const cut = cutPage(rows, list.page, (row) => keyOf(row, list.sorting));
  return { ...cut, items: cut.items.map(toBlock) };
}

interface BlockKey {
  readonly projectId: string;
  readonly blockId: string;
}

/** Errors: not_found/enforced_block_not_found. */
export async function getBlock(db: Db, key: BlockKey): Promise<EnforcedBlock> {
  const row = await selectBlock(db, key).executeTakeFirst();
  if (row === undefined) throw blockNotFound(key.blockId);
  return toBlock(row);
}

/**
 * Locks the block until the transaction ends: whatever changes it, its versions or their links takes this lock first.
 * Errors: not_found/enforced_block_not_found.
 */
export async function lockBlock(tx: Tx, key: BlockKey): Promise<EnforcedBlock> {
  const row = await selectBlock(tx, key).$call(forUpdate(tx)).executeTakeFirst();
  if (row === undefined) throw blockNotFound(key.blockId);
  return toBlock(row);
}

function selectBlock(db: Db, key: BlockKey) {
  return db
    .selectFrom("enforced_blocks")
    .selectAll()
    .where("id", "=", key.blockId)
    .where("project_id", "=", key.projectId);
}

/** Every version of the block, newest first. */
export async function listBlockVersions(db: Db, blockId: string): Promise<EnforcedBlockVersion[]> {
  const rows = await db
    .selectFrom("enforced_block_versions")
    .selectAll()
    .where("enforced_block_id", "=", blockId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .execute();
  return rows.map(toBlockVersion);
}

export async function findNewestBlockVersion(db: Db, blockId: string): Promise<EnforcedBlockVersion | undefined> {
  const row = await db
    .selectFrom("enforced_block_versions")
    .selectAll()
    .where("enforced_block_id", "=", blockId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && toBlockVersion(row);
}

/** Errors: not_found/enforced_block_version_not_found. */
export async function getBlockVersion(
  db: Db,
  key: { readonly blockId: string; readonly versionId: string },
): Promise<EnforcedBlockVersion> {
  const row = await db
    .selectFrom("enforced_block_versions")
    .selectAll()
    .where("id", "=", key.versionId)
    .where("enforced_block_id", "=", key.blockId)
    .executeTakeFirst();
  if (row === undefined) throw blockVersionNotFound(key.versionId);
  return toBlockVersion(row);
}

export async function countBlockVersions(db: Db, blockId: string): Promise<number> {
  const { count } = await db
    .selectFrom("enforced_block_versions")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("enforced_block_id", "=", blockId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Whether another block of the project has this name. */
export async function isBlockNameTaken(
  db: Db,
  block: Pick<EnforcedBlock, "id" | "projectId" | "name">,
): Promise<boolean> {
  const row = await db
    .selectFrom("enforced_blocks")
    .select("id")
    .where("project_id", "=", block.projectId)
    .where("name", "=", block.name)
    .where("id", "<>", block.id)
    .executeTakeFirst();
  return row !== undefined;
}

export async function saveBlock(
  tx: Tx,
  block: Pick<EnforcedBlock, "id" | "name" | "labels">,
  now: Millis,
): Promise<void> {
  await tx
    .updateTable("enforced_blocks")
    .set({ name: block.name, labels: JSON.stringify(block.labels), updated_at: now })
    .where("id", "=", block.id)
    .execute();
}

export async function saveBlockVersion(
  tx: Tx,
  version: Pick<EnforcedBlockVersion, "id" | "description">,
  now: Millis,
): Promise<void> {
  await tx
    .updateTable("enforced_block_versions")
    .set({ description: version.description, updated_at: now })
    .where("id", "=", version.id)
    .execute();
}

/** Removes the block with its versions. */
export async function deleteBlockRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("enforced_blocks").where("id", "=", id).execute();
}

export async function deleteBlockVersionRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("enforced_block_versions").where("id", "=", id).execute();
}
