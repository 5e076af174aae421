import type { Kysely } from "kysely";

/** The list of an organization's workspaces is read in the order in which they were made. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createIndex("workspaces_age")
    .on("workspaces")
    .columns(["organization_id", "created_at", "id"])
    .execute();
}
