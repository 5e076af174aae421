import { sql, type Kysely } from "kysely";
import { columnTypes } from "../columns.ts";
import { isPostgres } from "../database.ts";

/** What an organization forbids; service principals named apart in each project; who may be one by a token of elsewhere. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int } = columnTypes(db);

  await db.schema
    .createTable("control_policies")
    .addColumn("organization_id", text, (c) =>
      c.primaryKey().notNull().references("organizations.id").onDelete("cascade"),
    )
    .addColumn("constraint_ids", text, (c) => c.notNull())
    .addColumn("revision", int, (c) => c.notNull())
    .execute();

  await dropPrincipalNames(db);
  // A name is free again in another project; null stands for the organization itself and is equal to nothing.
  await sql`create unique index "principals_name" on "principals" ("organization_id", "kind", coalesce("project_id", ''), "name")`.execute(
    db,
  );
  await db.schema.createIndex("principals_email").on("principals").columns(["organization_id", "email"]).execute();
  await db.schema
    .createIndex("service_principal_keys_principal")
    .on("service_principal_keys")
    .column("principal_id")
    .execute();

  await db.schema
    .createTable("workload_identity_providers")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("conditional_access", text, (c) => c.notNull())
    // Either an issuer with its audiences, or an AWS account.
    .addColumn("issuer_uri", text)
    .addColumn("allowed_audiences", text, (c) => c.notNull())
    .addColumn("aws_account_id", text)
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("workload_identity_providers_name", ["principal_id", "name"])
    .execute();

  await db.schema
    .alterTable("tokens")
    .addColumn("provider_id", text, (c) => c.references("workload_identity_providers.id").onDelete("cascade"))
    .execute();
  // Deleting a key, a provider or a principal ends its tokens without reading all the others.
  for (const column of ["principal_id", "client_id", "provider_id"]) {
    await db.schema.createIndex(`tokens_${column}`).on("tokens").column(column).execute();
  }
}

/** Names of principals were unique in the whole organization. SQLite can drop a constraint only by making the table anew. */
async function dropPrincipalNames(db: Kysely<never>): Promise<void> {
  if (isPostgres(db)) {
    await db.schema.alterTable("principals").dropConstraint("principals_name").execute();
    return;
  }
  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_master where type = 'table' and name = 'principals'`.execute(db);
  const written = rows[0]?.sql ?? "";
  const anew = written
    .replace(/"principals"/, '"principals_anew"')
    .replace(/,\s*constraint "principals_name" unique \([^)]*\)/i, "");
  // Rows that refer to principals must survive that the table is dropped. The migrator has no transaction open here.
  await sql`pragma foreign_keys = off`.execute(db);
  try {
    await sql`begin`.execute(db);
    await sql.raw(anew).execute(db);
    await sql`insert into principals_anew select * from principals`.execute(db);
    await sql`drop table principals`.execute(db);
    await sql`alter table principals_anew rename to principals`.execute(db);
    await sql`commit`.execute(db);
  } finally {
    await sql`pragma foreign_keys = on`.execute(db);
  }
}
