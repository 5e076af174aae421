import type { Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** Notification configurations of projects and of teams, beside those of workspaces and of organizations. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text } = columnTypes(db);
  for (const place of ["project", "team"] as const) {
    await db.schema
      .alterTable("notification_configurations")
      // At most one of workspace, project and team; none: of the organization as a whole.
      .addColumn(`${place}_id`, text, (c) => c.references(`${place}s.id`).onDelete("cascade"))
      .execute();
    await db.schema
      .createIndex(`notification_configurations_${place}`)
      .on("notification_configurations")
      .column(`${place}_id`)
      .execute();
  }
}
