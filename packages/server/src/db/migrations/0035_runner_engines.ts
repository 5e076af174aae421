import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Which engines the runners of this server have, as they say when they ask for work. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis } = columnTypes(db);
  await db.schema
    .createTable("runner_engines")
    .addColumn("runner_id", text, (c) => c.notNull().references("principals.id").onDelete("cascade"))
    .addColumn("runner_name", text, (c) => c.notNull())
    .addColumn("engine", text, (c) => c.notNull())
    .addColumn("version", text, (c) => c.notNull())
    .addColumn("first_seen_at", millis, (c) => c.notNull())
    .addColumn("seen_at", millis, (c) => c.notNull())
    .addPrimaryKeyConstraint("runner_engines_pk", ["runner_id", "runner_name", "engine", "version"])
    .execute();
  await db.schema
    .createIndex("runner_engines_version")
    .on("runner_engines")
    .columns(["engine", "version", "seen_at"])
    .execute();
}
