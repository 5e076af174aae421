import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/**
 * Enforced blocks with their versions and links; which Packer runs asked for them; and what is concluded from that for
 * each complete version.
 */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis } = columnTypes(db);

  await db.schema
    .createTable("enforced_blocks")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("project_id", text, (c) => c.notNull().references("projects.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("labels", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("enforced_blocks_name", ["project_id", "name"])
    .execute();

  await db.schema
    .createTable("enforced_block_versions")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("enforced_block_id", text, (c) => c.notNull().references("enforced_blocks.id").onDelete("cascade"))
    .addColumn("label", text, (c) => c.notNull())
    .addColumn("template_type", text, (c) => c.notNull())
    .addColumn("content", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("enforced_block_versions_label", ["enforced_block_id", "label"])
    .execute();

  await db.schema
    .createTable("enforced_block_links")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("bucket_id", text, (c) => c.notNull().references("buckets.id").onDelete("cascade"))
    .addColumn("enforced_block_id", text, (c) => c.notNull().references("enforced_blocks.id").onDelete("cascade"))
    .addColumn("enforced_block_version_id", text, (c) =>
      c.notNull().references("enforced_block_versions.id").onDelete("cascade"),
    )
    // The order in which the blocks of a bucket are run.
    .addColumn("created_at", millis, (c) => c.notNull())
    // One version of a block at a time.
    .addUniqueConstraint("enforced_block_links_block", ["bucket_id", "enforced_block_id"])
    .execute();
  await db.schema
    .createIndex("enforced_block_links_version")
    .on("enforced_block_links")
    .column("enforced_block_version_id")
    .execute();
  await db.schema
    .createIndex("enforced_block_links_of_block")
    .on("enforced_block_links")
    .column("enforced_block_id")
    .execute();

  await db.schema
    .createTable("packer_runs")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("bucket_id", text, (c) => c.notNull().references("buckets.id").onDelete("cascade"))
    .addColumn("version_id", text, (c) => c.notNull().references("versions.id").onDelete("cascade"))
    .addColumn("principal_id", text, (c) => c.notNull())
    // Null: its first word was that a build is running, so that nobody knows when it began.
    .addColumn("opened_at", millis)
    // Null until its first build begins.
    .addColumn("packer_run_uuid", text)
    .addColumn("running_at", millis)
    // What was linked to the bucket when its first build began.
    .addColumn("linked", text)
    .addUniqueConstraint("packer_runs_uuid", ["version_id", "packer_run_uuid"])
    .execute();
  await db.schema
    .createIndex("packer_runs_window")
    .on("packer_runs")
    .columns(["bucket_id", "principal_id", "opened_at"])
    .execute();

  await db.schema
    .createTable("enforced_block_fetches")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("bucket_id", text, (c) => c.notNull().references("buckets.id").onDelete("cascade"))
    .addColumn("principal_id", text, (c) => c.notNull())
    .addColumn("fetched_at", millis, (c) => c.notNull())
    // What the answer held.
    .addColumn("given", text, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("enforced_block_fetches_window")
    .on("enforced_block_fetches")
    .columns(["bucket_id", "principal_id", "fetched_at"])
    .execute();
  await db.schema
    .createIndex("enforced_block_fetches_time")
    .on("enforced_block_fetches")
    .column("fetched_at")
    .execute();

  await db.schema
    .createTable("version_enforcements")
    .addColumn("version_id", text, (c) => c.primaryKey().notNull().references("versions.id").onDelete("cascade"))
    .addColumn("state", text, (c) => c.notNull())
    .addColumn("reason", text, (c) => c.notNull())
    // By name and label: blocks may be deleted, what a version was built with stays.
    .addColumn("blocks", text, (c) => c.notNull())
    .addColumn("decided_at", millis, (c) => c.notNull())
    .execute();

  // The search for an external identifier pages by the age of the artifact.
  await db.schema
    .createIndex("artifacts_search")
    .on("artifacts")
    .columns(["external_identifier", "created_at", "id"])
    .execute();
}
