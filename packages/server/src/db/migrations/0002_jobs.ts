import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Work that must happen, written in the transaction that causes it. Finished jobs are deleted; failed ones stay. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int } = columnTypes(db);
  await db.schema
    .createTable("jobs")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("unique_key", text)
    .addColumn("payload", text, (c) => c.notNull())
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("run_at", millis, (c) => c.notNull())
    .addColumn("attempts", int, (c) => c.notNull())
    .addColumn("attempts_max", int, (c) => c.notNull())
    .addColumn("fence", int, (c) => c.notNull())
    .addColumn("holder", text)
    .addColumn("lease_until", millis)
    .addColumn("last_error", text)
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("jobs_unique_key", ["kind", "unique_key"])
    .execute();
  await db.schema.createIndex("jobs_due").on("jobs").columns(["state", "kind", "run_at"]).execute();
  await db.schema.createIndex("jobs_leases").on("jobs").columns(["state", "lease_until"]).execute();
}
