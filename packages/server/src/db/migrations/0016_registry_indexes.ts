import { sql, type Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** What lists of the registry are sorted by, and facts about a bucket that took longer to count than to keep. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, int } = columnTypes(db);

  await db.schema
    .alterTable("buckets")
    .addColumn("version_count", int, (c) => c.notNull().defaultTo(0))
    .execute();
  await sql`update buckets set version_count = (select count(*) from versions where versions.bucket_id = buckets.id)`.execute(
    db,
  );
  await db.schema.createIndex("buckets_created").on("buckets").columns(["project_id", "created_at", "id"]).execute();
  await db.schema.createIndex("buckets_updated").on("buckets").columns(["project_id", "updated_at", "id"]).execute();
  await db.schema.createIndex("versions_updated").on("versions").columns(["bucket_id", "updated_at", "id"]).execute();
  await db.schema.createIndex("channels_managed").on("channels").columns(["bucket_id", "managed"]).execute();

  // What the latest version of each bucket was built from: one row for each of its builds that has a parent.
  await db.schema
    .createTable("bucket_parents")
    .addColumn("build_id", text, (c) => c.primaryKey().notNull().references("builds.id").onDelete("cascade"))
    .addColumn("bucket_id", text, (c) => c.notNull().references("buckets.id").onDelete("cascade"))
    .addColumn("parent_version_id", text, (c) => c.notNull().references("versions.id").onDelete("cascade"))
    .addColumn("parent_bucket_id", text, (c) => c.notNull())
    .addColumn("parent_channel_id", text)
    .execute();
  await db.schema.createIndex("bucket_parents_child").on("bucket_parents").column("bucket_id").execute();
  await db.schema.createIndex("bucket_parents_parent").on("bucket_parents").column("parent_bucket_id").execute();
  await db.schema.createIndex("bucket_parents_version").on("bucket_parents").column("parent_version_id").execute();
  await sql`
    insert into bucket_parents (build_id, bucket_id, parent_version_id, parent_bucket_id, parent_channel_id)
    select b.id, c.bucket_id, v.id, v.bucket_id, b.parent_channel_id
    from channels c
    join builds b on b.version_id = c.version_id
    join versions v on v.id = b.parent_version_id
    where c.managed = 1`.execute(db);
}
