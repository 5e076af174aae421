import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** The image registry: buckets, versions, builds with their artifacts, channels with their history. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag } = columnTypes(db);

  await db.schema
    .createTable("registries")
    .addColumn("project_id", text, (c) => c.primaryKey().notNull().references("projects.id").onDelete("cascade"))
    .addColumn("id", text, (c) => c.notNull().unique())
    .addColumn("feature_tier", text, (c) => c.notNull())
    .addColumn("activated", flag, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("buckets")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("project_id", text, (c) => c.notNull().references("projects.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("labels", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("buckets_name", ["project_id", "name"])
    .execute();

  await db.schema
    .createTable("versions")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("bucket_id", text, (c) => c.notNull().references("buckets.id").onDelete("cascade"))
    .addColumn("fingerprint", text, (c) => c.notNull())
    .addColumn("number", int)
    .addColumn("template_type", text, (c) => c.notNull())
    .addColumn("author", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addColumn("revoke_at", millis)
    .addColumn("revocation_message", text)
    .addColumn("revocation_author", text)
    .addColumn("revocation_type", text)
    .addColumn("revocation_cascades", flag, (c) => c.notNull())
    // No reference: a descendant stays revoked when the ancestor is deleted.
    .addColumn("revocation_inherited_from", text)
    .addUniqueConstraint("versions_fingerprint", ["bucket_id", "fingerprint"])
    .addUniqueConstraint("versions_number", ["bucket_id", "number"])
    .execute();
  await db.schema.createIndex("versions_created").on("versions").columns(["bucket_id", "created_at", "id"]).execute();

  await db.schema
    .createTable("builds")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("version_id", text, (c) => c.notNull().references("versions.id").onDelete("cascade"))
    .addColumn("component_type", text, (c) => c.notNull())
    .addColumn("packer_run_uuid", text, (c) => c.notNull())
    .addColumn("platform", text, (c) => c.notNull())
    .addColumn("status", text, (c) => c.notNull())
    .addColumn("source_external_identifier", text, (c) => c.notNull())
    // No references: a child keeps what it was built from when the parent is deleted.
    .addColumn("parent_version_id", text)
    .addColumn("parent_channel_id", text)
    .addColumn("labels", text, (c) => c.notNull())
    .addColumn("metadata", text)
    // When its Packer was last heard of; apart from updated_at, which a heartbeat leaves alone.
    .addColumn("beat_at", millis, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("builds_component", ["version_id", "component_type"])
    .execute();
  await db.schema.createIndex("builds_beats").on("builds").columns(["status", "beat_at"]).execute();
  await db.schema.createIndex("builds_parent").on("builds").column("parent_version_id").execute();

  await db.schema
    .createTable("artifacts")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("build_id", text, (c) => c.notNull().references("builds.id").onDelete("cascade"))
    .addColumn("external_identifier", text, (c) => c.notNull())
    .addColumn("region", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("artifacts_identity", ["build_id", "external_identifier", "region"])
    .execute();
  await db.schema.createIndex("artifacts_identifier").on("artifacts").column("external_identifier").execute();

  await db.schema
    .createTable("channels")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("bucket_id", text, (c) => c.notNull().references("buckets.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    // Null: the registry itself.
    .addColumn("author", text)
    .addColumn("managed", flag, (c) => c.notNull())
    .addColumn("restricted", flag, (c) => c.notNull())
    .addColumn("version_id", text, (c) => c.references("versions.id").onDelete("set null"))
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("channels_name", ["bucket_id", "name"])
    .execute();
  await db.schema.createIndex("channels_version").on("channels").column("version_id").execute();

  await db.schema
    .createTable("channel_assignments")
    .addColumn("channel_id", text, (c) => c.notNull().references("channels.id").onDelete("cascade"))
    // Counts the assignments of the channel; the order of the history.
    .addColumn("position", int, (c) => c.notNull())
    .addColumn("version_id", text, (c) => c.notNull().references("versions.id").onDelete("cascade"))
    // Null: the registry itself.
    .addColumn("author", text)
    .addColumn("assigned_at", millis, (c) => c.notNull())
    .addPrimaryKeyConstraint("channel_assignments_pk", ["channel_id", "position"])
    .execute();
  await db.schema.createIndex("channel_assignments_version").on("channel_assignments").column("version_id").execute();
}
