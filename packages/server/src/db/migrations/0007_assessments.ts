import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Assessments of workspaces with their results and logs. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag, bytes } = columnTypes(db);

  await db.schema
    .createTable("assessments")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("configuration_version_id", text, (c) => c.notNull())
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("requested_by_name", text)
    .addColumn("trigger_kind", text, (c) => c.notNull())
    .addColumn("job_id", text)
    .addColumn("fence", int)
    .addColumn("reported", flag, (c) => c.notNull())
    .addColumn("runner_name", text)
    .addColumn("engine_name", text)
    .addColumn("engine_version", text)
    .addColumn("error_message", text)
    .addColumn("resources_drifted", int)
    .addColumn("resources_undrifted", int)
    .addColumn("checks_passed", int)
    .addColumn("checks_failed", int)
    .addColumn("checks_errored", int)
    .addColumn("checks_unknown", int)
    .addColumn("findings", text, (c) => c.notNull())
    .addColumn("plan_json_key", text)
    .addColumn("detail_key", text)
    .addColumn("log_received", int, (c) => c.notNull())
    .addColumn("log_bytes", int, (c) => c.notNull())
    .addColumn("log_closed", flag, (c) => c.notNull())
    .addColumn("log_key", text)
    .addColumn("queued_at", millis, (c) => c.notNull())
    .addColumn("started_at", millis)
    .addColumn("ended_at", millis)
    .execute();
  await db.schema
    .createIndex("assessments_workspace")
    .on("assessments")
    .columns(["workspace_id", "queued_at", "id"])
    .execute();
  await db.schema.createIndex("assessments_status").on("assessments").columns(["status", "queued_at"]).execute();
  await db.schema.createIndex("assessments_job").on("assessments").column("job_id").execute();

  await db.schema
    .createTable("assessment_log_chunks")
    .addColumn("assessment_id", text, (c) => c.notNull().references("assessments.id").onDelete("cascade"))
    .addColumn("start_at", int, (c) => c.notNull())
    .addColumn("bytes", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("assessment_log_chunks_pk", ["assessment_id", "start_at"])
    .execute();

  // A row to lock while the assessments of an organization are counted. Nothing refers to it, so that whoever holds it is
  // waited for by other claimers only.
  await db.schema
    .createTable("assessment_gates")
    .addColumn("organization_id", text, (c) => c.primaryKey().notNull())
    .execute();
}
