import { sql, type Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** What teams may do at single workspaces and projects, and what each token is and who made it. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis } = columnTypes(db);

  await db.schema
    .createTable("team_access")
    // `tws-…` of a workspace, `tprj-…` of a project.
    .addColumn("id", text, (c) => c.primaryKey().notNull())
    .addColumn("team_id", text, (c) => c.notNull().references("teams.id").onDelete("cascade"))
    // Exactly one of the two.
    .addColumn("project_id", text, (c) => c.references("projects.id").onDelete("cascade"))
    .addColumn("workspace_id", text, (c) => c.references("workspaces.id").onDelete("cascade"))
    .addColumn("level", text, (c) => c.notNull())
    // What a custom level is made of, as JSON; empty for the others.
    .addColumn("custom", text, (c) => c.notNull())
    .addColumn("created_at", millis, (c) => c.notNull())
    .addUniqueConstraint("team_access_project", ["team_id", "project_id"])
    .addUniqueConstraint("team_access_workspace", ["team_id", "workspace_id"])
    .execute();
  for (const column of ["project_id", "workspace_id"]) {
    await db.schema.createIndex(`team_access_of_${column}`).on("team_access").columns([column, "id"]).execute();
  }

  // What clients are shown of tokens that persons manage: empty for those that the server makes and ends by itself.
  await db.schema
    .alterTable("tokens")
    .addColumn("purpose", text, (c) => c.notNull().defaultTo(""))
    .execute();
  await db.schema.alterTable("tokens").addColumn("description", text).execute();
  await db.schema.alterTable("tokens").addColumn("created_by_id", text).execute();
  await db.schema.alterTable("tokens").addColumn("created_by_kind", text).execute();
  await db.schema.alterTable("tokens").addColumn("last_used_at", millis).execute();
  // Whoever had a token of its own can see and end it from now on; sessions of browsers are no such tokens.
  await sql`update tokens set purpose = 'user', description = name where run_id is null and workspace_id is null
    and name <> 'console session' and principal_id in (select id from principals where kind = 'user')`.execute(db);
  await db.schema.createIndex("tokens_managed").on("tokens").columns(["organization_id", "purpose", "id"]).execute();
}
