import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Where the policies lie that a run's engine is to check its plan against: a JSON list of paths, or null. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable("runs").addColumn("policy_paths", columnTypes(db).text).execute();
}
