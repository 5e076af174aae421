import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Services that runs ask, policies that plans must meet, and what became of both in the stages of each run. */
export async function up(db: Kysely<never>): Promise<void> {
  await createTasks(db);
  await createPolicies(db);
  await createStages(db);
  await createEvaluations(db);
}

async function createTasks(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag } = columnTypes(db);
  await db.schema
    .createTable("tasks")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    // A receiver's address may hold a secret: sealed, as the key of the signature is.
    .addColumn("sealed_url", text, (c) => c.notNull())
    .addColumn("sealed_hmac_key", text)
    .addColumn("enabled", flag, (c) => c.notNull())
    .addColumn("global_enabled", flag, (c) => c.notNull())
    .addColumn("global_stages", text, (c) => c.notNull())
    .addColumn("global_enforcement_level", text, (c) => c.notNull())
    .addColumn("revision", int, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("tasks_name", ["organization_id", "name"])
    .execute();

  await db.schema
    .createTable("workspace_tasks")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("task_id", text, (c) => c.notNull().references("tasks.id").onDelete("cascade"))
    .addColumn("enforcement_level", text, (c) => c.notNull())
    .addColumn("stages", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("workspace_tasks_once", ["workspace_id", "task_id"])
    .execute();
  await db.schema.createIndex("workspace_tasks_task").on("workspace_tasks").columns(["task_id", "id"]).execute();
}

async function createPolicies(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag } = columnTypes(db);
  await db.schema
    .createTable("code_policies")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("query", text)
    .addColumn("enforcement_level", text, (c) => c.notNull())
    // Null until its code is uploaded.
    .addColumn("blob_key", text)
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("code_policies_name", ["organization_id", "name"])
    .execute();

  await db.schema
    .createTable("policy_sets")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("global", flag, (c) => c.notNull())
    .addColumn("overridable", flag, (c) => c.notNull())
    .addColumn("agent_enabled", flag, (c) => c.notNull())
    .addColumn("policy_tool_version", text)
    .addColumn("current_version_id", text)
    .addColumn("newest_version_id", text)
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("policy_sets_name", ["organization_id", "name"])
    .execute();

  await db.schema
    .createTable("policy_set_policies")
    .addColumn("policy_set_id", text, (c) => c.notNull().references("policy_sets.id").onDelete("cascade"))
    .addColumn("policy_id", text, (c) => c.notNull().references("code_policies.id").onDelete("cascade"))
    .addPrimaryKeyConstraint("policy_set_policies_pk", ["policy_set_id", "policy_id"])
    .execute();
  await db.schema.createIndex("policy_set_policies_policy").on("policy_set_policies").column("policy_id").execute();

  for (const place of ["workspace", "project"] as const) {
    await db.schema
      .createTable(`policy_set_${place}s`)
      .addColumn("policy_set_id", text, (c) => c.notNull().references("policy_sets.id").onDelete("cascade"))
      .addColumn(`${place}_id`, text, (c) => c.notNull().references(`${place}s.id`).onDelete("cascade"))
      // 1: the set does not apply there, whatever else says that it does.
      .addColumn("excluded", flag, (c) => c.notNull())
      .addPrimaryKeyConstraint(`policy_set_${place}s_pk`, ["policy_set_id", `${place}_id`, "excluded"])
      .execute();
    await db.schema
      .createIndex(`policy_set_${place}s_place`)
      .on(`policy_set_${place}s`)
      .columns([`${place}_id`, "excluded"])
      .execute();
  }

  await db.schema
    .createTable("policy_set_versions")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("policy_set_id", text, (c) => c.notNull().references("policy_sets.id").onDelete("cascade"))
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("error_message", text)
    .addColumn("policy_count", int, (c) => c.notNull())
    // What was read from the archive, ready to be evaluated.
    .addColumn("blob_key", text)
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("policy_set_versions_set")
    .on("policy_set_versions")
    .columns(["policy_set_id", "created_at"])
    .execute();

  await db.schema
    .createTable("policy_set_parameters")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("policy_set_id", text, (c) => c.notNull().references("policy_sets.id").onDelete("cascade"))
    .addColumn("key", text, (c) => c.notNull())
    .addColumn("sealed_value", text, (c) => c.notNull())
    .addColumn("sensitive", flag, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("policy_set_parameters_key", ["policy_set_id", "key"])
    .execute();
}

async function createStages(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag } = columnTypes(db);
  await db.schema
    .createTable("task_stage_overrides")
    .addColumn("task_stage_id", text, (c) => c.primaryKey().notNull().references("task_stages.id").onDelete("cascade"))
    .addColumn("by_name", text, (c) => c.notNull())
    .addColumn("comment", text)
    .addColumn("created_at", millis, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("task_results")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("task_stage_id", text, (c) => c.notNull().references("task_stages.id").onDelete("cascade"))
    // The task as it was when the run was made; it may be gone.
    .addColumn("task_id", text, (c) => c.notNull())
    .addColumn("workspace_task_id", text)
    .addColumn("task_name", text, (c) => c.notNull())
    .addColumn("sealed_task_url", text, (c) => c.notNull())
    .addColumn("enforcement_level", text, (c) => c.notNull())
    .addColumn("is_speculative", flag, (c) => c.notNull())
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("status_times", text, (c) => c.notNull())
    .addColumn("message", text)
    .addColumn("url", text)
    // In the address of the callback.
    .addColumn("callback_id", text, (c) => c.notNull())
    .addColumn("attempts", int, (c) => c.notNull())
    .addColumn("started_at", millis)
    // When the service was last heard of.
    .addColumn("progress_at", millis)
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("task_results_callback", ["callback_id"])
    .execute();
  await db.schema.createIndex("task_results_stage").on("task_results").columns(["task_stage_id", "id"]).execute();
  await db.schema.createIndex("task_results_status").on("task_results").columns(["status", "progress_at"]).execute();

  await db.schema
    .createTable("task_result_outcomes")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("task_result_id", text, (c) => c.notNull().references("task_results.id").onDelete("cascade"))
    .addColumn("position", int, (c) => c.notNull())
    .addColumn("outcome_id", text)
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("tags", text, (c) => c.notNull())
    .addColumn("body", text)
    .addColumn("url", text)
    .addColumn("created_at", millis, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("task_result_outcomes_result")
    .on("task_result_outcomes")
    .columns(["task_result_id", "position"])
    .execute();
}

async function createEvaluations(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag } = columnTypes(db);
  await db.schema
    .createTable("policy_evaluations")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("task_stage_id", text, (c) => c.notNull().references("task_stages.id").onDelete("cascade"))
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("status_times", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("policy_evaluations_once", ["task_stage_id", "kind"])
    .execute();

  await db.schema
    .createTable("policy_set_outcomes")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("policy_evaluation_id", text, (c) => c.notNull().references("policy_evaluations.id").onDelete("cascade"))
    // The set as it was when the run was made; it may be gone.
    .addColumn("policy_set_id", text, (c) => c.notNull())
    .addColumn("policy_set_name", text, (c) => c.notNull())
    .addColumn("policy_set_description", text, (c) => c.notNull())
    .addColumn("overridable", flag, (c) => c.notNull())
    .addColumn("position", int, (c) => c.notNull())
    .addColumn("error", text)
    // Null until it is evaluated.
    .addColumn("outcomes", text)
    .addColumn("passed", int, (c) => c.notNull())
    .addColumn("advisory_failed", int, (c) => c.notNull())
    .addColumn("mandatory_failed", int, (c) => c.notNull())
    .addColumn("errored", int, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("policy_set_outcomes_evaluation")
    .on("policy_set_outcomes")
    .columns(["policy_evaluation_id", "position"])
    .execute();
}
