import { sql, type Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** What runs can be told, who said what about them, run triggers, and the pools of runners. */
export async function up(db: Kysely<never>): Promise<void> {
  await addRunOptions(db);
  await addRunHistory(db);
  await addRunTriggers(db);
  await addAgentPools(db);
}

async function addRunOptions(db: Kysely<never>): Promise<void> {
  const { text, flag } = columnTypes(db);
  const runs = () => db.schema.alterTable("runs");
  // Of its workspace, which never moves to another organization: lists of an organization read one index.
  await runs()
    .addColumn("organization_id", text, (c) => c.notNull().defaultTo(""))
    .execute();
  await sql`update runs set organization_id =
    (select organization_id from workspaces where workspaces.id = runs.workspace_id)`.execute(db);
  await runs()
    .addColumn("debugging_mode", flag, (c) => c.notNull().defaultTo(0))
    .execute();
  for (const name of ["engine_version", "invoke_addrs", "confirmed_by_id", "canceled_by_id", "triggering_run_id"]) {
    await runs().addColumn(name, text).execute();
  }
  await db.schema
    .createIndex("runs_organization")
    .on("runs")
    .columns(["organization_id", "plan_only", "created_at", "id"])
    .execute();
  await db.schema.createIndex("runs_workspace").on("runs").columns(["workspace_id", "plan_only", "number"]).execute();
  await db.schema
    .createIndex("runs_workspace_status")
    .on("runs")
    .columns(["workspace_id", "status", "number"])
    .execute();
  await db.schema
    .createIndex("runs_triggering")
    .unique()
    .on("runs")
    .columns(["triggering_run_id", "workspace_id"])
    .where(sql.ref("triggering_run_id"), "is not", null)
    .execute();
}

async function addRunHistory(db: Kysely<never>): Promise<void> {
  const { text, millis } = columnTypes(db);
  await db.schema
    .createTable("run_comments")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("run_id", text, (c) => c.notNull().references("runs.id").onDelete("cascade"))
    .addColumn("body", text, (c) => c.notNull())
    .addColumn("created_by_id", text, (c) => c.notNull())
    .addColumn("created_by_name", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("run_comments_run").on("run_comments").columns(["run_id", "id"]).execute();

  await db.schema
    .createTable("run_events")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("run_id", text, (c) => c.notNull().references("runs.id").onDelete("cascade"))
    .addColumn("action", text, (c) => c.notNull())
    .addColumn("description", text)
    .addColumn("actor_id", text)
    .addColumn("actor_name", text)
    .addColumn("comment_id", text)
    .addColumn("created_at", millis, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("run_events_run").on("run_events").columns(["run_id", "id"]).execute();
}

async function addRunTriggers(db: Kysely<never>): Promise<void> {
  const { text, millis } = columnTypes(db);
  await db.schema
    .createTable("run_triggers")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("source_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("run_triggers_pair", ["workspace_id", "source_id"])
    .execute();
  await db.schema.createIndex("run_triggers_source").on("run_triggers").column("source_id").execute();
}

async function addAgentPools(db: Kysely<never>): Promise<void> {
  const { text, millis, flag } = columnTypes(db);
  await db.schema
    .createTable("agent_pools")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("organization_scoped", flag, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("agent_pools_name", ["organization_id", "name"])
    .execute();

  // Who may use a pool that is not for the whole organization, and who may not use one that is for a project.
  await db.schema
    .createTable("agent_pool_workspaces")
    .addColumn("agent_pool_id", text, (c) => c.notNull().references("agent_pools.id").onDelete("cascade"))
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("excluded", flag, (c) => c.notNull())
    .addPrimaryKeyConstraint("agent_pool_workspaces_pk", ["agent_pool_id", "excluded", "workspace_id"])
    .execute();
  await db.schema
    .createIndex("agent_pool_workspaces_workspace")
    .on("agent_pool_workspaces")
    .column("workspace_id")
    .execute();
  await db.schema
    .createTable("agent_pool_projects")
    .addColumn("agent_pool_id", text, (c) => c.notNull().references("agent_pools.id").onDelete("cascade"))
    .addColumn("project_id", text, (c) => c.notNull().references("projects.id").onDelete("cascade"))
    .addPrimaryKeyConstraint("agent_pool_projects_pk", ["agent_pool_id", "project_id"])
    .execute();
  await db.schema.createIndex("agent_pool_projects_project").on("agent_pool_projects").column("project_id").execute();

  await db.schema
    .createTable("agent_tokens")
    .addColumn("token_id", text, (c) => c.primaryKey().notNull().references("tokens.id").onDelete("cascade"))
    .addColumn("agent_pool_id", text, (c) => c.notNull().references("agent_pools.id").onDelete("cascade"))
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("created_by_id", text, (c) => c.notNull())
    .addColumn("created_by_name", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("last_used_at", millis)
    .execute();
  await db.schema.createIndex("agent_tokens_pool").on("agent_tokens").columns(["agent_pool_id", "token_id"]).execute();

  await db.schema
    .createTable("agents")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("agent_pool_id", text, (c) => c.notNull().references("agent_pools.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("ip_address", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("last_ping_at", millis, (c) => c.notNull())
    .addUniqueConstraint("agents_name", ["agent_pool_id", "name"])
    .execute();
  await db.schema.alterTable("phases").addColumn("agent_id", text).execute();
  await db.schema.createIndex("phases_agent").on("phases").columns(["agent_id", "status"]).execute();
}
