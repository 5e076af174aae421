import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** What a state holds by name, keys for private modules, reserved keys of tags, and how long states are kept. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int } = columnTypes(db);

  await db.schema
    .createTable("workspace_resources")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("workspace_id", text, (c) => c.notNull().references("workspaces.id").onDelete("cascade"))
    .addColumn("address", text, (c) => c.notNull())
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("module", text, (c) => c.notNull())
    .addColumn("provider", text, (c) => c.notNull())
    .addColumn("provider_type", text, (c) => c.notNull())
    .addColumn("name_index", text)
    // Of what the state says of it: a resource that did not change keeps its row.
    .addColumn("digest", text, (c) => c.notNull())
    .addColumn("modified_by_state_version_id", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("workspace_resources_address", ["workspace_id", "address"])
    .execute();

  await db.schema
    .createTable("ssh_keys")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("sealed_value", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("ssh_keys_name", ["organization_id", "name"])
    .execute();

  await db.schema
    .createTable("reserved_tag_keys")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("key", text, (c) => c.notNull())
    .addColumn("disable_overrides", int, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("reserved_tag_keys_key", ["organization_id", "key"])
    .execute();

  await db.schema
    .createTable("data_retention_policies")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    // Null: of the organization, for all workspaces that have none of their own.
    .addColumn("workspace_id", text, (c) => c.references("workspaces.id").onDelete("cascade"))
    // Null: nothing is deleted.
    .addColumn("delete_older_than_days", int)
    .addColumn("created_at", millis, (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex("data_retention_policies_organization")
    .on("data_retention_policies")
    .columns(["organization_id", "workspace_id"])
    .execute();
  await db.schema
    .createIndex("data_retention_policies_workspace")
    .on("data_retention_policies")
    .column("workspace_id")
    .execute();

  // When its bytes were given up; they are removed some time after.
  for (const table of ["state_versions", "configuration_versions"]) {
    await db.schema.alterTable(table).addColumn("backing_deleted_at", millis).execute();
  }
}
