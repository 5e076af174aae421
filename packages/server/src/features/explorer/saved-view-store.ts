import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { ExplorerViews } from "../../db/schema.gen.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { askedAgain, checkExplorerQuery, type AskedQuery } from "./explorer-query.ts";
import type { SavedView } from "./saved-view.ts";

function toView(row: Selectable<ExplorerViews>): SavedView {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    query: checkExplorerQuery(JSON.parse(row.query) as AskedQuery),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export async function insertView(tx: Tx, view: SavedView): Promise<void> {
  await tx
    .insertInto("explorer_views")
    .values({
      id: view.id,
      organization_id: view.organizationId,
      name: view.name,
      query: JSON.stringify(askedAgain(view.query)),
      created_at: view.createdAt,
      updated_at: view.updatedAt,
    })
    .execute();
}

export async function updateView(db: Db, view: SavedView): Promise<void> {
  await db
    .updateTable("explorer_views")
    .set({ name: view.name, query: JSON.stringify(askedAgain(view.query)), updated_at: view.updatedAt })
    .where("id", "=", view.id)
    .execute();
}

export async function deleteViewRow(db: Db, id: string): Promise<void> {
  await db.deleteFrom("explorer_views").where("id", "=", id).execute();
}

export async function findView(db: Db, organizationId: string, id: string): Promise<SavedView | undefined> {
  const row = await db
    .selectFrom("explorer_views")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toView(row);
}

export async function countViews(db: Db, organizationId: string): Promise<number> {
  const { total } = await db
    .selectFrom("explorer_views")
    .select((e) => e.fn.countAll().as("total"))
    .where("organization_id", "=", organizationId)
    .executeTakeFirstOrThrow();
  return Number(total);
}

/** One page, by name. Two statements. */
export async function listViews(db: Db, organizationId: string, page: Page): Promise<Paged<SavedView>> {
  const rows = await db
    .selectFrom("explorer_views")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .orderBy("name")
    .orderBy("id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  return { items: rows.map(toView), total: await countViews(db, organizationId) };
}
