import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** What needs somebody's attention, who is told, and what became of telling them. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag } = columnTypes(db);

  await db.schema
    .createTable("alerts")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("project_id", text)
    .addColumn("workspace_id", text, (c) => c.references("workspaces.id").onDelete("cascade"))
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("cause", text, (c) => c.notNull())
    // Where and why, while it is open; null afterwards: one cause has one open alert.
    .addColumn("open_key", text)
    .addColumn("severity", text, (c) => c.notNull())
    .addColumn("title", text, (c) => c.notNull())
    .addColumn("detail", text, (c) => c.notNull())
    .addColumn("subjects", text, (c) => c.notNull())
    .addColumn("run_id", text)
    .addColumn("bucket_name", text)
    .addColumn("version_name", text)
    .addColumn("opened_at", millis, (c) => c.notNull())
    .addColumn("changed_at", millis, (c) => c.notNull())
    .addColumn("resolved_at", millis)
    .addUniqueConstraint("alerts_open_key", ["open_key"])
    .execute();
  await db.schema.createIndex("alerts_list").on("alerts").columns(["organization_id", "id"]).execute();
  await db.schema.createIndex("alerts_workspace").on("alerts").columns(["workspace_id", "id"]).execute();

  await db.schema
    .createTable("alert_checks")
    .addColumn("workspace_id", text, (c) => c.primaryKey().notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("checked_at", millis, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("notification_configurations")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    // Null: of the organization as a whole.
    .addColumn("workspace_id", text, (c) => c.references("workspaces.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("destination", text, (c) => c.notNull())
    // Whoever has the address of a chat's webhook can write there: sealed, as the token is.
    .addColumn("sealed_url", text)
    .addColumn("sealed_token", text)
    .addColumn("email_addresses", text, (c) => c.notNull())
    .addColumn("user_ids", text, (c) => c.notNull())
    .addColumn("triggers", text, (c) => c.notNull())
    .addColumn("enabled", flag, (c) => c.notNull())
    .addColumn("revision", int, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("notification_configurations_list")
    .on("notification_configurations")
    .columns(["organization_id", "id"])
    .execute();
  await db.schema
    .createIndex("notification_configurations_workspace")
    .on("notification_configurations")
    .column("workspace_id")
    .execute();

  await db.schema
    .createTable("notification_deliveries")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("configuration_id", text, (c) =>
      c.notNull().references("notification_configurations.id").onDelete("cascade"),
    )
    // Null: somebody asked for a verification.
    .addColumn("event_id", text)
    .addColumn("alert_id", text)
    .addColumn("trigger", text, (c) => c.notNull())
    .addColumn("message", text, (c) => c.notNull())
    .addColumn("target", text, (c) => c.notNull())
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("attempts", int, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("last_attempt_at", millis)
    .addColumn("next_attempt_at", millis)
    .addColumn("response_status", int)
    .addColumn("response_headers", text)
    .addColumn("response_body", text)
    .addColumn("error", text)
    .addUniqueConstraint("notification_deliveries_once", ["configuration_id", "event_id", "trigger"])
    .execute();
  await db.schema
    .createIndex("notification_deliveries_alert")
    .on("notification_deliveries")
    .columns(["alert_id", "configuration_id"])
    .execute();
  await db.schema
    .createIndex("notification_deliveries_time")
    .on("notification_deliveries")
    .column("created_at")
    .execute();
}
