import { sql, type Kysely } from "kysely";
import { columnTypes } from "../columns.ts";

/** The links by which invited persons join, and who was made by an invitation. */
export async function up(db: Kysely<never>): Promise<void> {
  const { text, millis, flag } = columnTypes(db);

  await db.schema
    .createTable("invitations")
    .addColumn("membership_id", text, (c) =>
      c.primaryKey().notNull().references("organization_memberships.id").onDelete("cascade"),
    )
    .addColumn("invited_by", text, (c) => c.notNull())
    // Of the link that the inviter was shown, and of the one that was mailed; null: there is none.
    .addColumn("shown_hash", text)
    .addColumn("mailed_hash", text)
    .addColumn("mailed_to", text)
    // `none`, `queued`, `sent` or `failed`.
    .addColumn("mail_state", text, (c) => c.notNull())
    .addColumn("mail_error", text)
    .addColumn("sent_at", millis, (c) => c.notNull())
    .addColumn("expires_at", millis, (c) => c.notNull())
    .addColumn("accepted_at", millis)
    .addUniqueConstraint("invitations_shown", ["shown_hash"])
    .addUniqueConstraint("invitations_mailed", ["mailed_hash"])
    .execute();

  await db.schema
    .createTable("invited_persons")
    .addColumn("principal_id", text, (c) => c.primaryKey().notNull().references("principals.id").onDelete("cascade"))
    // Made by an invitation, and has never signed in: the link is the first credential.
    .addColumn("awaits_sign_in", flag, (c) => c.notNull())
    // The one organization in which the address tells who it is; empty: nowhere. Whoever has no row here: everywhere.
    .addColumn("address_trusted_in", text, (c) => c.notNull())
    .execute();
  await sql`insert into invited_persons (principal_id, awaits_sign_in, address_trusted_in)
    select p.id, 1, '' from principals as p where p.kind = 'user'
    and not exists (select 1 from tokens where tokens.principal_id = p.id)
    and not exists (select 1 from organization_memberships as m
      where m.principal_id = p.id and m.status = 'active')`.execute(db);
}
