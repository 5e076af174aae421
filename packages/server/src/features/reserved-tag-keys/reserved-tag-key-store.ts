import type { Selectable } from "kysely";
import type { Db } from "../../db/database.ts";
import type { ReservedTagKeys } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";

/** A key of tags that means something in the organization. */
export interface ReservedTagKey {
  readonly id: string;
  readonly organizationId: string;
  readonly key: string;
  /** A workspace cannot have a value of its own where its project has one. */
  readonly disableOverrides: boolean;
  readonly createdAt: Millis;
  readonly updatedAt: Millis;
}

function toReservedTagKey(row: Selectable<ReservedTagKeys>): ReservedTagKey {
  return {
    id: row.id,
    organizationId: row.organization_id,
    key: row.key,
    disableOverrides: row.disable_overrides === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns(key: ReservedTagKey) {
  return { key: key.key, disable_overrides: key.disableOverrides ? 1 : 0, updated_at: key.updatedAt };
}

/** Throws a unique violation for a key that is taken. */
export async function insertReservedTagKey(db: Db, key: ReservedTagKey): Promise<void> {
  await db
    .insertInto("reserved_tag_keys")
    .values({ id: key.id, organization_id: key.organizationId, created_at: key.createdAt, ...toColumns(key) })
    .execute();
}

/** Throws a unique violation for a key that is taken. */
export async function updateReservedTagKey(db: Db, key: ReservedTagKey): Promise<void> {
  await db.updateTable("reserved_tag_keys").set(toColumns(key)).where("id", "=", key.id).execute();
}

export async function deleteReservedTagKeyRow(db: Db, id: string): Promise<void> {
  await db.deleteFrom("reserved_tag_keys").where("id", "=", id).execute();
}

export async function findReservedTagKey(db: Db, id: string): Promise<ReservedTagKey | undefined> {
  const row = await db.selectFrom("reserved_tag_keys").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toReservedTagKey(row);
}

export async function countReservedTagKeys(db: Db, organizationId: string): Promise<number> {
  const row = await db
    .selectFrom("reserved_tag_keys")
    .select((e) => e.fn.countAll().as("count"))
    .where("organization_id", "=", organizationId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** One page, by key. Two statements. */
export async function listReservedTagKeys(db: Db, organizationId: string, page: Page): Promise<Paged<ReservedTagKey>> {
  const rows = await db
    .selectFrom("reserved_tag_keys")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .orderBy("key")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  return { items: rows.map(toReservedTagKey), total: await countReservedTagKeys(db, organizationId) };
}
