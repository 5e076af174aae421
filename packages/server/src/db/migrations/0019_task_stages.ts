import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** The points of a run at which others have their say. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis } = columnTypes(db);
  await db.schema
    .createTable("task_stages")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("run_id", text, (c) => c.notNull().references("runs.id").onDelete("cascade"))
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("status_times", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("task_stages_run", ["run_id", "kind"])
    .execute();
}
