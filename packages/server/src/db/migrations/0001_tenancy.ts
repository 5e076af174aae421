import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Organizations, projects, who acts in them, and what they authenticate with. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, bytes } = columnTypes(db);

  await db.schema
    .createTable("settings")
    .addColumn("key", text, (c) => c.primaryKey().notNull())
    .addColumn("value", text, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("data_keys")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("wrapped", bytes, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("organizations")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("external_id", text, (c) => c.notNull().unique())
    .addColumn("name", text, (c) => c.notNull().unique())
    .addColumn("created_at", millis, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("projects")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("external_id", text, (c) => c.notNull().unique())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("projects_name", ["organization_id", "name"])
    .execute();

  await db.schema
    .createTable("principals")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("kind", text, (c) => c.notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("project_id", text, (c) => c.references("projects.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("email", text)
    .addColumn("role", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("principals_name", ["organization_id", "kind", "name"])
    .execute();

  await db.schema
    .createTable("service_principal_keys")
    .addColumn("client_id", text, (c) => c.primaryKey().notNull())
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id").onDelete("cascade"))
    .addColumn("secret_hash", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .execute();

  await db.schema
    .createTable("tokens")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("hash", text, (c) => c.notNull().unique())
    .addColumn("principal_id", text, (c) => c.references("principals.id").onDelete("cascade"))
    .addColumn("client_id", text, (c) => c.references("service_principal_keys.client_id").onDelete("cascade"))
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("project_id", text, (c) => c.references("projects.id").onDelete("cascade"))
    .addColumn("workspace_id", text)
    .addColumn("run_id", text)
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("expires_at", millis)
    .execute();
  await db.schema.createIndex("tokens_run").on("tokens").column("run_id").execute();
  await db.schema.createIndex("tokens_expiry").on("tokens").column("expires_at").execute();
}
