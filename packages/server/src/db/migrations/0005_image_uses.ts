import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Which resource runs which image, which workspace reads which channel, and which runs a moving channel has caused. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis } = columnTypes(db);

  // No reference to the registry's tables: what runs stays known when a bucket or a version is deleted.
  await db.schema
    .createTable("image_uses")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("state_version_id", text, (c) => c.notNull())
    .addColumn("resource", text, (c) => c.notNull())
    .addColumn("attribute", text, (c) => c.notNull())
    .addColumn("external_identifier", text, (c) => c.notNull())
    .addColumn("version_id", text)
    .addColumn("bucket_id", text)
    .addColumn("bucket_name", text)
    .addColumn("version_name", text)
    .addColumn("first_seen_at", millis, (c) => c.notNull())
    .addUniqueConstraint("image_uses_place", ["workspace_id", "resource", "attribute", "external_identifier"])
    .execute();
  await db.schema
    .createIndex("image_uses_list")
    .on("image_uses")
    .columns(["organization_id", "workspace_id", "resource", "attribute"])
    .execute();
  await db.schema.createIndex("image_uses_version").on("image_uses").column("version_id").execute();
  await db.schema.createIndex("image_uses_bucket").on("image_uses").column("bucket_id").execute();

  await db.schema
    .createTable("channel_followers")
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("channel_id", text, (c) => c.notNull().references("channels.id").onDelete("cascade"))
    .addColumn("version_id", text)
    .addColumn("run_id", text, (c) => c.notNull())
    .addColumn("first_read_at", millis, (c) => c.notNull())
    .addColumn("last_read_at", millis, (c) => c.notNull())
    .addPrimaryKeyConstraint("channel_followers_pk", ["workspace_id", "channel_id"])
    .execute();
  await db.schema.createIndex("channel_followers_channel").on("channel_followers").column("channel_id").execute();

  await db.schema
    .createTable("follow_runs")
    .addColumn("cause_id", text, (c) => c.notNull())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("created_at", millis, (c) => c.notNull())
    .addPrimaryKeyConstraint("follow_runs_pk", ["cause_id", "workspace_id"])
    .execute();
}
