import { sql, type Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** What workspaces, projects and variables can be told, and variable sets. */
export async function up(db: Kysely<never>): Promise<void> {
  await addWorkspaceSettings(db);
  await addProjectSettings(db);
  await addVariableSets(db);
}

async function addWorkspaceSettings(db: Kysely<never>): Promise<void> {
  const { text, millis, flag } = columnTypes(db);
  const flags = {
    execution_mode_overwritten: 0,
    allow_destroy_plan: 1,
    auto_apply_run_trigger: 0,
    queue_all_runs: 0,
    speculative_enabled: 1,
    file_triggers_enabled: 1,
    structured_run_output_enabled: 0,
    global_remote_state: 0,
    project_remote_state: 0,
    inherits_project_auto_destroy: 1,
  };
  for (const [name, value] of Object.entries(flags)) {
    await db.schema
      .alterTable("workspaces")
      .addColumn(name, flag, (c) => c.notNull().defaultTo(value))
      .execute();
  }
  for (const name of ["trigger_prefixes", "trigger_patterns"]) {
    await db.schema
      .alterTable("workspaces")
      .addColumn(name, text, (c) => c.notNull().defaultTo("[]"))
      .execute();
  }
  for (const name of ["agent_pool_id", "source_name", "source_url", "auto_destroy_activity_duration", "ssh_key_id"]) {
    await db.schema.alterTable("workspaces").addColumn(name, text).execute();
  }
  await db.schema.alterTable("workspaces").addColumn("auto_destroy_at", millis).execute();
  await db.schema
    .alterTable("workspaces")
    .addColumn("latest_change_at", millis, (c) => c.notNull().defaultTo(0))
    .execute();
  // The modes there are were all asked for.
  await sql`update workspaces set latest_change_at = updated_at, execution_mode_overwritten = 1`.execute(db);
  await db.schema
    .createIndex("workspaces_auto_destroy")
    .on("workspaces")
    .column("auto_destroy_at")
    .where(sql.ref("auto_destroy_at"), "is not", null)
    .execute();
  await db.schema.createIndex("workspace_tags_key").on("workspace_tags").columns(["key", "workspace_id"]).execute();

  await db.schema
    .createTable("remote_state_consumers")
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("consumer_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addPrimaryKeyConstraint("remote_state_consumers_pk", ["workspace_id", "consumer_id"])
    .execute();
  await db.schema
    .createIndex("remote_state_consumers_consumer")
    .on("remote_state_consumers")
    .column("consumer_id")
    .execute();
}

async function addProjectSettings(db: Kysely<never>): Promise<void> {
  const { text, flag } = columnTypes(db);
  await db.schema
    .alterTable("projects")
    .addColumn("default_execution_mode", text, (c) => c.notNull().defaultTo("remote"))
    .execute();
  await db.schema
    .alterTable("projects")
    .addColumn("execution_mode_overwritten", flag, (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable("projects").addColumn("default_agent_pool_id", text).execute();
  await db.schema.alterTable("projects").addColumn("auto_destroy_activity_duration", text).execute();

  await db.schema
    .createTable("project_tags")
    .addColumn("project_id", text, (c) => c.notNull().references("projects.id").onDelete("cascade"))
    .addColumn("key", text, (c) => c.notNull())
    .addColumn("value", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("project_tags_pk", ["project_id", "key"])
    .execute();
}

async function addVariableSets(db: Kysely<never>): Promise<void> {
  const { text, millis, flag } = columnTypes(db);
  await db.schema
    .alterTable("variables")
    .addColumn("version_id", text, (c) => c.notNull().defaultTo(""))
    .execute();

  await db.schema
    .createTable("variable_sets")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("project_id", text, (c) => c.references("projects.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("is_global", flag, (c) => c.notNull())
    .addColumn("has_priority", flag, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("variable_sets_name", ["organization_id", "name"])
    .execute();
  await db.schema.createIndex("variable_sets_project").on("variable_sets").column("project_id").execute();
  for (const [table, column, target] of [
    ["variable_set_workspaces", "workspace_id", "workspaces.id"],
    ["variable_set_projects", "project_id", "projects.id"],
  ] as const) {
    await db.schema
      .createTable(table)
      .addColumn("variable_set_id", text, (c) => c.notNull().references("variable_sets.id").onDelete("cascade"))
      .addColumn(column, text, (c) => c.notNull().references(target).onDelete("cascade"))
      .addPrimaryKeyConstraint(`${table}_pk`, ["variable_set_id", column])
      .execute();
    await db.schema.createIndex(`${table}_target`).on(table).column(column).execute();
  }

  await db.schema
    .createTable("variable_set_variables")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("variable_set_id", text, (c) => c.notNull().references("variable_sets.id").onDelete("cascade"))
    .addColumn("key", text, (c) => c.notNull())
    .addColumn("category", text, (c) => c.notNull())
    .addColumn("value", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("hcl", flag, (c) => c.notNull())
    .addColumn("sensitive", flag, (c) => c.notNull())
    .addColumn("version_id", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("variable_set_variables_key", ["variable_set_id", "category", "key"])
    .execute();
}
