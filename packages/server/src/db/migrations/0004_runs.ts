import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Workspaces with their variables and configurations, runs with their phases and logs, and states. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag, bytes } = columnTypes(db);

  await db.schema
    .createTable("workspaces")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("project_id", text, (c) => c.notNull().references("projects.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("execution_mode", text, (c) => c.notNull())
    .addColumn("auto_apply", flag, (c) => c.notNull())
    .addColumn("terraform_version", text, (c) => c.notNull())
    .addColumn("engine_name", text)
    .addColumn("engine_version", text)
    .addColumn("client_engine", text)
    .addColumn("working_directory", text, (c) => c.notNull())
    .addColumn("locked_by_kind", text)
    .addColumn("locked_by_id", text)
    .addColumn("locked_by_name", text)
    .addColumn("lock_reason", text)
    .addColumn("locked_at", millis)
    .addColumn("current_run_id", text)
    .addColumn("current_state_version_id", text)
    .addColumn("last_run_number", int, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("workspaces_name", ["organization_id", "name"])
    .execute();
  await db.schema.createIndex("workspaces_project").on("workspaces").column("project_id").execute();

  await db.schema
    .createTable("workspace_tags")
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("key", text, (c) => c.notNull())
    .addColumn("value", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("workspace_tags_pk", ["workspace_id", "key"])
    .execute();

  await db.schema
    .createTable("variables")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("key", text, (c) => c.notNull())
    .addColumn("category", text, (c) => c.notNull())
    .addColumn("value", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("hcl", flag, (c) => c.notNull())
    .addColumn("sensitive", flag, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("variables_key", ["workspace_id", "category", "key"])
    .execute();

  await db.schema
    .createTable("configuration_versions")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("speculative", flag, (c) => c.notNull())
    .addColumn("provisional", flag, (c) => c.notNull())
    .addColumn("auto_queue_runs", flag, (c) => c.notNull())
    .addColumn("source", text, (c) => c.notNull())
    .addColumn("error", text)
    .addColumn("error_message", text)
    .addColumn("blob_key", text)
    .addColumn("blob_bytes", int)
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("uploaded_at", millis)
    .execute();
  await db.schema
    .createIndex("configuration_versions_workspace")
    .on("configuration_versions")
    .columns(["workspace_id", "created_at", "id"])
    .execute();

  await db.schema
    .createTable("runs")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("number", int, (c) => c.notNull())
    .addColumn("configuration_version_id", text, (c) => c.notNull().references("configuration_versions.id"))
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("status_times", text, (c) => c.notNull())
    .addColumn("message", text, (c) => c.notNull())
    .addColumn("source", text, (c) => c.notNull())
    .addColumn("cause", text)
    .addColumn("is_destroy", flag, (c) => c.notNull())
    .addColumn("refresh", flag, (c) => c.notNull())
    .addColumn("refresh_only", flag, (c) => c.notNull())
    .addColumn("plan_only", flag, (c) => c.notNull())
    .addColumn("save_plan", flag, (c) => c.notNull())
    .addColumn("auto_apply", flag, (c) => c.notNull())
    .addColumn("allow_empty_apply", flag, (c) => c.notNull())
    .addColumn("target_addrs", text)
    .addColumn("replace_addrs", text)
    .addColumn("sealed_variables", text, (c) => c.notNull())
    .addColumn("request_digest", text)
    .addColumn("has_changes", flag)
    .addColumn("error_message", text)
    .addColumn("state_version_id", text)
    .addColumn("created_by_id", text)
    .addColumn("created_by_name", text, (c) => c.notNull())
    .addColumn("confirmed_by_name", text)
    .addColumn("cancel_requested_at", millis)
    .addColumn("canceled_by_name", text)
    .addColumn("force_canceled_at", millis)
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("runs_number", ["workspace_id", "number"])
    .execute();
  await db.schema.createIndex("runs_status").on("runs").columns(["status", "created_at"]).execute();
  await db.schema.createIndex("runs_digest").on("runs").columns(["workspace_id", "request_digest"]).execute();
  await db.schema.createIndex("runs_configuration").on("runs").column("configuration_version_id").execute();

  await db.schema
    .createTable("phases")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("run_id", text, (c) => c.notNull().references("runs.id").onDelete("cascade"))
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("job_id", text)
    .addColumn("fence", int)
    .addColumn("reported", flag, (c) => c.notNull())
    .addColumn("runner_name", text)
    .addColumn("engine_name", text)
    .addColumn("engine_version", text)
    .addColumn("has_changes", flag)
    .addColumn("additions", int)
    .addColumn("changes", int)
    .addColumn("destructions", int)
    .addColumn("imports", int)
    .addColumn("plan_file_key", text)
    .addColumn("plan_json_key", text)
    .addColumn("log_received", int, (c) => c.notNull())
    .addColumn("log_bytes", int, (c) => c.notNull())
    .addColumn("log_closed", flag, (c) => c.notNull())
    .addColumn("log_key", text)
    .addColumn("queued_at", millis)
    .addColumn("started_at", millis)
    .addColumn("ended_at", millis)
    .addUniqueConstraint("phases_run", ["run_id", "kind"])
    .execute();
  await db.schema.createIndex("phases_job").on("phases").column("job_id").execute();
  await db.schema.createIndex("phases_status").on("phases").columns(["status", "queued_at"]).execute();

  await db.schema
    .createTable("log_chunks")
    .addColumn("phase_id", text, (c) => c.notNull().references("phases.id").onDelete("cascade"))
    .addColumn("start_at", int, (c) => c.notNull())
    .addColumn("end_at", int, (c) => c.notNull())
    .addColumn("bytes", bytes, (c) => c.notNull())
    .addPrimaryKeyConstraint("log_chunks_pk", ["phase_id", "start_at"])
    .execute();

  await db.schema
    .createTable("state_versions")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("run_id", text)
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("intermediate", flag, (c) => c.notNull())
    .addColumn("forced", flag, (c) => c.notNull())
    .addColumn("serial", int, (c) => c.notNull())
    .addColumn("lineage", text, (c) => c.notNull())
    .addColumn("md5", text, (c) => c.notNull())
    .addColumn("engine_version", text)
    .addColumn("resource_count", int, (c) => c.notNull())
    .addColumn("blob_key", text)
    .addColumn("blob_bytes", int)
    .addColumn("json_blob_key", text)
    .addColumn("sealed_outputs", text)
    .addColumn("created_by_id", text)
    .addColumn("created_by_name", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("finalized_at", millis)
    .execute();
  await db.schema
    .createIndex("state_versions_workspace")
    .on("state_versions")
    .columns(["workspace_id", "created_at", "id"])
    .execute();

  await db.schema
    .createTable("state_version_outputs")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("state_version_id", text, (c) => c.notNull().references("state_versions.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("sensitive", flag, (c) => c.notNull())
    .addColumn("detailed_type", text, (c) => c.notNull())
    .addColumn("sealed_value", text, (c) => c.notNull())
    .addUniqueConstraint("state_version_outputs_name", ["state_version_id", "name"])
    .execute();
}
