import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** The keys that sign the identity tokens of runs. The private parts are sealed. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis } = columnTypes(db);
  await db.schema
    .createTable("identity_keys")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("public_key", text, (c) => c.notNull())
    .addColumn("private_key", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .execute();
}
