import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Runs that write the configuration of what they import. */
export async function up(db: Kysely<never>): Promise<void> {
  const { flag } = columnTypes(db);
  await db.schema
    .alterTable("runs")
    .addColumn("allow_config_generation", flag, (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable("phases")
    .addColumn("generated_configuration", flag, (c) => c.notNull().defaultTo(0))
    .execute();
}
