import type { Kysely } from "kysely";

/** Whether a link may sign a person in is told by what the person has, not by what was once. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable("invited_persons").dropColumn("awaits_sign_in").execute();
}
