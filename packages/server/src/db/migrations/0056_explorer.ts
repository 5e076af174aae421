import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** What an organization's workspaces are asked about all at once, and the questions that somebody keeps. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag } = columnTypes(db);

  await db.schema
    .createTable("workspace_summaries")
    .addColumn("workspace_id", text, (c) => c.primaryKey().notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("organization_id", text, (c) => c.notNull())
    .addColumn("engine_version", text)
    .addColumn("resource_count", int)
    .addColumn("billable_count", int)
    .addColumn("providers", text)
    .addColumn("provider_count", int)
    .addColumn("modules", text)
    .addColumn("module_count", int)
    .addColumn("checks_passed", int)
    .addColumn("checks_failed", int)
    .addColumn("checks_errored", int)
    .addColumn("checks_unknown", int)
    .addColumn("resources_drifted", int)
    .addColumn("resources_undrifted", int)
    .execute();
  await db.schema
    .createIndex("workspace_summaries_engine")
    .on("workspace_summaries")
    .columns(["organization_id", "engine_version"])
    .execute();

  await db.schema
    .createTable("workspace_dependencies")
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("organization_id", text, (c) => c.notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("source", text, (c) => c.notNull())
    // Empty: not known.
    .addColumn("version", text, (c) => c.notNull())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("reported", flag, (c) => c.notNull())
    .addPrimaryKeyConstraint("workspace_dependencies_pk", ["workspace_id", "kind", "source", "version"])
    .execute();
  await db.schema
    .createIndex("workspace_dependencies_used")
    .on("workspace_dependencies")
    .columns(["organization_id", "kind", "source", "version"])
    .execute();

  await db.schema
    .createTable("explorer_views")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("query", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("explorer_views_organization")
    .on("explorer_views")
    .columns(["organization_id", "name", "id"])
    .execute();
}
