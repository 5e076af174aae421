import type { Db, Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { Invitations } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { hashSecret } from "../../platform/ids.ts";
import type { Invitation, MailState } from "./invitation.ts";

function toInvitation(row: Invitations): Invitation {
  return {
    membershipId: row.membership_id,
    invitedBy: row.invited_by,
    mailedTo: row.mailed_to,
    mailState: row.mail_state as MailState,
    mailError: row.mail_error,
    sentAt: row.sent_at,
    expiresAt: row.expires_at,
    acceptedAt: row.accepted_at,
  };
}

/** Writes it; every link of an earlier sending ends. `shown`: the secret that the inviter is shown, or null. */
export async function putInvitation(tx: Tx, invitation: Invitation, shown: string | null): Promise<void> {
  const row: Invitations = {
    membership_id: invitation.membershipId,
    invited_by: invitation.invitedBy,
    shown_hash: shown === null ? null : hashSecret(shown),
    mailed_hash: null,
    mailed_to: null,
    mail_state: invitation.mailState,
    mail_error: null,
    sent_at: invitation.sentAt,
    expires_at: invitation.expiresAt,
    accepted_at: null,
  };
  const { membership_id: _id, ...changes } = row;
  await tx
    .insertInto("invitations")
    .values(row)
    .onConflict((c) => c.column("membership_id").doUpdateSet(changes))
    .execute();
}

export async function findInvitation(db: Db, membershipId: string): Promise<Invitation | undefined> {
  const row = await db
    .selectFrom("invitations")
    .selectAll()
    .where("membership_id", "=", membershipId)
    .executeTakeFirst();
  return row && toInvitation(row);
}

/** Of these memberships, by membership; one that was never sent has none. */
export async function findInvitations(
  db: Db,
  membershipIds: readonly string[],
): Promise<ReadonlyMap<string, Invitation>> {
  const rows = await inChunks(membershipIds, (chunk) =>
    db.selectFrom("invitations").selectAll().where("membership_id", "in", chunk).execute(),
  );
  return new Map(rows.map((row) => [row.membership_id, toInvitation(row)]));
}

/** The invitation that a link belongs to. `mailed`: it is the one that only the mail has. */
export async function findInvitationBySecret(
  db: Db,
  secret: string,
): Promise<{ readonly invitation: Invitation; readonly mailed: boolean } | undefined> {
  const hash = hashSecret(secret);
  const row = await db
    .selectFrom("invitations")
    .selectAll()
    .where((e) => e.or([e("shown_hash", "=", hash), e("mailed_hash", "=", hash)]))
    .executeTakeFirst();
  return row && { invitation: toInvitation(row), mailed: row.mailed_hash === hash };
}

/** False when somebody else has accepted it, or it was sent anew, in the meantime. */
export async function markAccepted(tx: Tx, { membershipId, sentAt }: Invitation, now: Millis): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("invitations")
    .set({ accepted_at: now })
    .where("membership_id", "=", membershipId)
    .where("sent_at", "=", sentAt)
    .where("accepted_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The secret of a mail that is about to be sent. False when the invitation was sent anew, accepted or withdrawn. */
export async function saveMailedSecret(
  db: Db,
  { membershipId, sentAt }: Invitation,
  mailed: { readonly secret: string; readonly to: string },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("invitations")
    .set({ mailed_hash: hashSecret(mailed.secret), mailed_to: mailed.to })
    .where("membership_id", "=", membershipId)
    .where("sent_at", "=", sentAt)
    .where("accepted_at", "is", null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function saveMailState(
  db: Db,
  { membershipId, sentAt }: Invitation,
  state: MailState,
  error: string | null,
): Promise<void> {
  await db
    .updateTable("invitations")
    .set({ mail_state: state, mail_error: error })
    .where("membership_id", "=", membershipId)
    .where("sent_at", "=", sentAt)
    .execute();
}
