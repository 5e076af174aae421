import { sql, type Kysely } from "kysely";
import { columnTypes } from "../columns.ts";
import { isPostgres } from "../database.ts";

/** The audit trails: who did what, or was refused. Rows are added and never changed; the database refuses anything else. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int } = columnTypes(db);

  await db.schema
    .createTable("audit_records")
    .addColumn("trail", text, (c) => c.notNull())
    .addColumn("sequence", int, (c) => c.notNull())
    .addColumn("id", text, (c) => c.notNull().unique())
    .addColumn("at", millis, (c) => c.notNull())
    .addColumn("project_id", text)
    .addColumn("actor_id", text)
    .addColumn("actor_name", text)
    .addColumn("action", text, (c) => c.notNull())
    .addColumn("resource_id", text)
    .addColumn("resource_name", text)
    .addColumn("outcome", text, (c) => c.notNull())
    // The record as its hash covers it: the columns above are only there to find it by.
    .addColumn("record", text, (c) => c.notNull())
    .addColumn("hash", text, (c) => c.notNull())
    .addPrimaryKeyConstraint("audit_records_pk", ["trail", "sequence"])
    .execute();
  const indexed = ["at", "project_id", "actor_id", "actor_name", "action", "resource_id", "resource_name"];
  for (const column of indexed) {
    await db.schema
      .createIndex(`audit_records_${column}`)
      .on("audit_records")
      .columns(["trail", column, "sequence"])
      .execute();
  }
  await db.schema
    .createIndex("audit_records_outcome")
    .on("audit_records")
    .columns(["trail", "outcome", "sequence"])
    // Most went well, and nobody searches for those by it.
    .where(sql.ref("outcome"), "<>", sql.lit("ok"))
    .execute();

  // The last record of each trail: locked while records are added, so that replicas add them one after the other.
  await db.schema
    .createTable("audit_heads")
    .addColumn("trail", text, (c) => c.primaryKey().notNull())
    .addColumn("sequence", int, (c) => c.notNull())
    .addColumn("hash", text, (c) => c.notNull())
    .addColumn("at", millis, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("audit_cursors")
    .addColumn("stream", text, (c) => c.notNull())
    .addColumn("trail", text, (c) => c.notNull())
    .addColumn("sequence", int, (c) => c.notNull())
    .addPrimaryKeyConstraint("audit_cursors_pk", ["stream", "trail"])
    .execute();

  await (isPostgres(db) ? guardOnPostgres(db) : guardOnSqlite(db));
}

async function guardOnSqlite(db: Kysely<never>): Promise<void> {
  for (const act of ["update", "delete"]) {
    await sql`create trigger ${sql.ref(`audit_records_no_${act}`)} before ${sql.raw(act)} on audit_records
begin select raise(abort, 'audit records are only ever added'); end`.execute(db);
  }
}

async function guardOnPostgres(db: Kysely<never>): Promise<void> {
  await sql`create function refuse_audit_change() returns trigger language plpgsql as
    $$ begin raise exception 'audit records are only ever added'; end $$`.execute(db);
  await sql`create trigger audit_records_only_added before update or delete or truncate on audit_records
    for each statement execute function refuse_audit_change()`.execute(db);
}
