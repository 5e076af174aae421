import type { Kysely } from "kysely";

/** What lists of an organization's runs are read from, in their order and by what is going on. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createIndex("runs_organization_newest")
    .on("runs")
    .columns(["organization_id", "created_at", "id"])
    .execute();
  await db.schema
    .createIndex("runs_organization_status")
    .on("runs")
    .columns(["organization_id", "status", "created_at"])
    .execute();
  await db.schema
    .createIndex("runs_workspace_states")
    .on("runs")
    .columns(["workspace_id", "status", "plan_only", "number"])
    .execute();
  // Lists of an organization are of every kind of run, those of a workspace are not.
  for (const replaced of ["runs_organization", "runs_workspace_status"]) await db.schema.dropIndex(replaced).execute();
}
