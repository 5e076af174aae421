import { toReadableTime, type Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";

/** What became of the mail: `none` where the server sends none. */
export type MailState = "none" | "queued" | "sent" | "failed";

/**
 * A membership that somebody is asked to accept, and the links that do so. There are two at most, of which only the hashes
 * are kept: one that the inviter was shown, and one that only the mail has. What the second proves, the first does not: that
 * whoever opens it reads the mail of this address.
 */
export interface Invitation {
  readonly membershipId: string;
  /** The name of who has invited, as others may read it. */
  readonly invitedBy: string;
  /** The address that the mailed link went to; null: none was mailed. */
  readonly mailedTo: string | null;
  readonly mailState: MailState;
  readonly mailError: string | null;
  readonly sentAt: Millis;
  readonly expiresAt: Millis;
  /** Null: not yet. */
  readonly acceptedAt: Millis | null;
}

export const invitationDays = 7;
const dayMs = 86_400_000;
const resendAfterMs = 60_000;

/** An invitation that is sent now, for the first time or again: the days begin anew. */
export function sentInvitation(
  about: Pick<Invitation, "membershipId" | "invitedBy">,
  mails: boolean,
  now: Millis,
): Invitation {
  return {
    ...about,
    mailedTo: null,
    mailState: mails ? "queued" : "none",
    mailError: null,
    sentAt: now,
    expiresAt: now + invitationDays * dayMs,
    acceptedAt: null,
  };
}

/** Seconds until it may be mailed once more, so that nobody's mailbox is filled from here; 0: now. */
export function secondsUntilResend(invitation: Invitation | undefined, now: Millis): number {
  if (invitation === undefined || invitation.mailState === "none") return 0;
  return Math.max(0, Math.ceil((invitation.sentAt + resendAfterMs - now) / 1000));
}

/** The same for a secret that never was, one that was replaced, and one whose invitation was withdrawn. */
export function invitationNotFound(): DomainError {
  return new DomainError(
    "not_found",
    "invitation_not_found",
    "This invitation is not known: the link may be incomplete, or it was replaced or withdrawn. Ask whoever has invited you for a new one.",
  );
}

export function invitationAccepted(): DomainError {
  return new DomainError(
    "conflict",
    "invitation_accepted",
    "This invitation has been accepted already. Sign in with a token; if it was not you who accepted, tell whoever has invited you.",
  );
}

/** Whether the link still works. Errors: conflict/invitation_accepted, conflict/invitation_expired. */
export function checkOpen(invitation: Pick<Invitation, "acceptedAt" | "expiresAt">, now: Millis): void {
  if (invitation.acceptedAt !== null) throw invitationAccepted();
  if (invitation.expiresAt > now) return;
  throw new DomainError(
    "conflict",
    "invitation_expired",
    `This invitation has ended on ${toReadableTime(invitation.expiresAt)}. Ask whoever has invited you for a new one.`,
  );
}
