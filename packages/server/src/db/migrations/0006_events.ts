import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** What happened, in order, for people and for whoever is told; and the settings of a workspace that the loop obeys. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag } = columnTypes(db);

  // No reference to what the event is about: what happened stays known when it is deleted.
  await db.schema
    .createTable("events")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull())
    .addColumn("project_id", text)
    .addColumn("workspace_id", text)
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("summary", text, (c) => c.notNull())
    .addColumn("actor_name", text)
    .addColumn("data", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("events_list").on("events").columns(["organization_id", "id"]).execute();
  await db.schema.createIndex("events_workspace").on("events").columns(["workspace_id", "id"]).execute();
  await db.schema.createIndex("events_time").on("events").column("created_at").execute();

  await db.schema
    .alterTable("workspaces")
    .addColumn("assessments_enabled", flag, (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .alterTable("workspaces")
    .addColumn("follow", text, (c) => c.notNull().defaultTo("plan"))
    .execute();
  await db.schema.alterTable("workspaces").addColumn("image_age_days_max", int).execute();
  await db.schema.alterTable("workspaces").addColumn("image_behind_days_max", int).execute();
  await db.schema
    .alterTable("organizations")
    .addColumn("assessments_enforced", flag, (c) => c.notNull().defaultTo(0))
    .execute();
}
