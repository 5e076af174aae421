import type { Kysely } from "kysely";

/** Providers and modules of an organization are counted from an index alone. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.dropIndex("workspace_dependencies_used").execute();
  await db.schema
    .createIndex("workspace_dependencies_used")
    .on("workspace_dependencies")
    .columns(["organization_id", "kind", "source", "version", "name", "workspace_id"])
    .execute();
}
