import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** What is to be done in workspaces, and the bulk actions that say so to many of them. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int } = columnTypes(db);

  await db.schema
    .createTable("bulk_actions")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("subject", text, (c) => c.notNull())
    .addColumn("message", text, (c) => c.notNull())
    // JSON: the filters of a query for workspaces; null when `bulk_action_targets` says which.
    .addColumn("query", text)
    .addColumn("created_by_id", text, (c) => c.notNull())
    .addColumn("created_by_kind", text, (c) => c.notNull())
    .addColumn("created_by_name", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    // The last workspace that has its copy; those with smaller ids have theirs.
    .addColumn("done_up_to", text, (c) => c.notNull())
    .addColumn("made", int, (c) => c.notNull())
    .addColumn("finished_at", millis)
    .execute();
  await db.schema.createIndex("bulk_actions_organization").on("bulk_actions").column("organization_id").execute();

  await db.schema
    .createTable("bulk_action_targets")
    .addColumn("bulk_action_id", text, (c) => c.notNull().references("bulk_actions.id").onDelete("cascade"))
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addPrimaryKeyConstraint("bulk_action_targets_pk", ["bulk_action_id", "workspace_id"])
    .execute();
  await db.schema
    .createIndex("bulk_action_targets_workspace")
    .on("bulk_action_targets")
    .column("workspace_id")
    .execute();

  await db.schema
    .createTable("change_requests")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    // Not a reference: the request outlives what made it.
    .addColumn("bulk_action_id", text, (c) => c.notNull())
    .addColumn("subject", text, (c) => c.notNull())
    .addColumn("message", text, (c) => c.notNull())
    .addColumn("created_by_id", text, (c) => c.notNull())
    .addColumn("created_by_kind", text, (c) => c.notNull())
    .addColumn("created_by_name", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addColumn("archived_at", millis)
    .addColumn("archived_by_id", text)
    .addColumn("archived_by_kind", text)
    .addUniqueConstraint("change_requests_copy", ["bulk_action_id", "workspace_id"])
    .execute();
  await db.schema
    .createIndex("change_requests_workspace")
    .on("change_requests")
    .columns(["workspace_id", "created_at", "id"])
    .execute();
}
