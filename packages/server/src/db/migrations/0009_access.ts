import { sql, type Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Groups, and who holds which role where. The one role that a principal had becomes its first binding. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, int, flag } = columnTypes(db);

  await db.schema
    .createTable("groups")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    // The last part of the resource name: it stays when the group is renamed.
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("display_name", text, (c) => c.notNull())
    .addColumn("description", text, (c) => c.notNull())
    .addColumn("scim_synchronized", flag, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addColumn("updated_at", millis, (c) => c.notNull())
    .addUniqueConstraint("groups_name", ["organization_id", "name"])
    .addUniqueConstraint("groups_display_name", ["organization_id", "display_name"])
    .execute();

  await db.schema
    .createTable("group_members")
    .addColumn("group_id", text, (c) => c.notNull().references("groups.id").onDelete("cascade"))
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id").onDelete("cascade"))
    // In the order in which they joined.
    .addColumn("position", int, (c) => c.notNull())
    .addPrimaryKeyConstraint("group_members_pk", ["group_id", "principal_id"])
    .execute();
  await db.schema.createIndex("group_members_principal").on("group_members").column("principal_id").execute();

  await db.schema
    .createTable("iam_policies")
    // Such as `project/<id>`. Which of the references below is set follows from it; they make the policy end with its resource.
    .addColumn("resource", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("project_id", text, (c) => c.references("projects.id").onDelete("cascade"))
    .addColumn("bucket_id", text, (c) => c.references("buckets.id").onDelete("cascade"))
    .addColumn("group_id", text, (c) => c.references("groups.id").onDelete("cascade"))
    // Empty until somebody sets the policy as a whole.
    .addColumn("etag", text, (c) => c.notNull())
    .execute();
  for (const column of ["organization_id", "project_id", "bucket_id", "group_id"]) {
    await db.schema.createIndex(`iam_policies_${column}`).on("iam_policies").column(column).execute();
  }

  await db.schema
    .createTable("role_bindings")
    .addColumn("resource", text, (c) => c.notNull().references("iam_policies.resource").onDelete("cascade"))
    .addColumn("role", text, (c) => c.notNull())
    // The order in which they were given.
    .addColumn("position", int, (c) => c.notNull())
    .addColumn("principal_id", text, (c) => c.references("principals.id").onDelete("cascade"))
    .addColumn("group_id", text, (c) => c.references("groups.id").onDelete("cascade"))
    .addUniqueConstraint("role_bindings_principal", ["principal_id", "resource", "role"])
    .addUniqueConstraint("role_bindings_group", ["group_id", "resource", "role"])
    .execute();
  await db.schema.createIndex("role_bindings_resource").on("role_bindings").columns(["resource", "position"]).execute();

  await bindRoles(db);
  await db.schema.alterTable("principals").dropColumn("role").execute();
}

/** A runner is what it is by its kind; everybody else gets a binding at the place it belonged to. */
async function bindRoles(db: Kysely<never>): Promise<void> {
  await sql`insert into iam_policies (resource, organization_id, project_id, etag)
    select distinct 'project/' || project_id, organization_id, project_id, '' from principals
    where kind <> 'runner' and project_id is not null`.execute(db);
  await sql`insert into iam_policies (resource, organization_id, etag)
    select distinct 'organization/' || organization_id, organization_id, '' from principals
    where kind <> 'runner' and project_id is null`.execute(db);
  await sql`insert into role_bindings (resource, role, position, principal_id)
    select case when project_id is null then 'organization/' || organization_id else 'project/' || project_id end,
      role, row_number() over (order by created_at, id), id
    from principals where kind <> 'runner'`.execute(db);
}
