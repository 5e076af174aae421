import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Plans as command lines render them, beside the engine's own JSON. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text } = columnTypes(db);
  await db.schema.alterTable("phases").addColumn("plan_rendered_key", text).execute();
}
