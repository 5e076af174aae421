import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** What a person has allowed in the browser, until the command line fetches its token for it. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis } = columnTypes(db);
  await db.schema
    .createTable("login_codes")
    .addColumn("hash", text, (c) => c.primaryKey().notNull())
    .addColumn("client_id", text, (c) => c.notNull())
    .addColumn("redirect_uri", text, (c) => c.notNull())
    .addColumn("code_challenge", text, (c) => c.notNull())
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id").onDelete("cascade"))
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("project_id", text, (c) => c.references("projects.id").onDelete("cascade"))
    .addColumn("expires_at", millis, (c) => c.notNull())
    .execute();
  await db.schema.createIndex("login_codes_expiry").on("login_codes").column("expires_at").execute();
  await db.schema.createIndex("login_codes_principal").on("login_codes").column("principal_id").execute();
}
