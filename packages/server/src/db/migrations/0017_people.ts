import { sql, type Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/**
 * Persons can be in several organizations; every organization has teams, of which one owns it, and settings of its own.
 * Whoever was in the one organization that there was is a member of it, and who administered it is in its owners team.
 */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, flag } = columnTypes(db);

  await db.schema
    .alterTable("organizations")
    .addColumn("email", text, (c) => c.notNull().defaultTo(""))
    .execute();
  await db.schema
    .alterTable("organizations")
    // What is not asked for in SQL, as JSON.
    .addColumn("settings", text, (c) => c.notNull().defaultTo("{}"))
    .execute();
  await db.schema
    .alterTable("organizations")
    .addColumn("user_tokens_enabled", flag, (c) => c.notNull().defaultTo(1))
    .execute();
  await db.schema.alterTable("organizations").addColumn("default_project_id", text).execute();
  // Set from the moment in which somebody deletes it: nobody sees it any more, and it is removed piece by piece.
  await db.schema.alterTable("organizations").addColumn("deleted_at", millis).execute();
  await sql`update organizations set default_project_id = (select p.id from projects as p
    where p.organization_id = organizations.id order by p.created_at, p.id limit 1)`.execute(db);

  await db.schema
    .createTable("organization_memberships")
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id").onDelete("cascade"))
    // `active`, or `invited` until the person has accepted.
    .addColumn("status", text, (c) => c.notNull())
    // To which the invitation went; empty for whoever was never invited by mail.
    .addColumn("email", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("organization_memberships_person", ["organization_id", "principal_id"])
    .execute();
  await db.schema
    .createIndex("organization_memberships_principal")
    .on("organization_memberships")
    .columns(["principal_id", "status"])
    .execute();

  await db.schema
    .createTable("teams")
    // A team is a principal: its tokens hang there. The one named `owners` owns the organization.
    .addColumn("id", text, (c) => c.primaryKey().notNull().references("principals.id").onDelete("cascade"))
    .addColumn("organization_id", text, (c) => c.notNull().references("organizations.id").onDelete("cascade"))
    .addColumn("name", text, (c) => c.notNull())
    .addColumn("visibility", text, (c) => c.notNull())
    .addColumn("sso_team_id", text)
    .addColumn("allow_member_token_management", flag, (c) => c.notNull())
    // The keys of `organization-access` that are true, as a JSON list.
    .addColumn("organization_access", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("teams_name", ["organization_id", "name"])
    .execute();

  await db.schema
    .createTable("team_members")
    .addColumn("team_id", text, (c) => c.notNull().references("teams.id").onDelete("cascade"))
    .addColumn("principal_id", text, (c) => c.notNull().references("principals.id").onDelete("cascade"))
    .addColumn("created_at", millis, (c) => c.notNull())
    .addPrimaryKeyConstraint("team_members_pk", ["team_id", "principal_id"])
    .execute();
  await db.schema.createIndex("team_members_principal").on("team_members").column("principal_id").execute();

  // A person is known by one name in all organizations.
  await sql`create unique index "principals_user_name" on "principals" ("name") where "kind" = 'user'`.execute(db);
  await sql`create index "principals_user_email" on "principals" ("email") where "kind" = 'user'`.execute(db);
  await moveIn(db);
}

async function moveIn(db: Kysely<never>): Promise<void> {
  await sql`insert into organization_memberships (id, organization_id, principal_id, status, email, created_at)
    select 'ou-' || substr(id, 6), organization_id, id, 'active', coalesce(email, ''), created_at
    from principals where kind = 'user'`.execute(db);
  await sql`insert into principals (id, kind, organization_id, name, created_at)
    select 'team-' || substr(external_id, 5), 'team', id, 'owners', created_at from organizations`.execute(db);
  await sql`insert into teams
    (id, organization_id, name, visibility, allow_member_token_management, organization_access, created_at)
    select id, organization_id, name, 'organization', 1, '[]', created_at from principals where kind = 'team'`.execute(
    db,
  );
  await sql`insert into team_members (team_id, principal_id, created_at)
    select distinct t.id, b.principal_id, p.created_at from role_bindings as b
    join principals as p on p.id = b.principal_id and p.kind = 'user'
    join teams as t on b.resource = 'organization/' || t.organization_id
    where b.role in ('owner', 'admin')`.execute(db);
}
