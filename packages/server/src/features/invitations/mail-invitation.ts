import type { Db } from "../../db/database.ts";
import type { Job } from "../../jobs/index.ts";
import { toReadableTime, type Clock } from "../../platform/clock.ts";
import { newSecret } from "../../platform/ids.ts";
import type { Mailer } from "../../platform/mailer.ts";
import { findMembership } from "../memberships/index.ts";
import { emailContent } from "../notifications/index.ts";
import { findOrganization } from "../organizations/index.ts";
import type { Invitation } from "./invitation.ts";
import { findInvitation, saveMailedSecret, saveMailState } from "./invitation-store.ts";

/** The job that mails one invitation. */
export const mailInvitationJob = "mail-invitation";

export interface MailInvitation {
  readonly membershipId: string;
  /** One that was sent anew since is mailed by a job of its own. */
  readonly sentAt: number;
}

export interface MailInvitationDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly mailer: Mailer | undefined;
  readonly publicUrl: () => string;
}

/** Where the console accepts an invitation. What stands after # stays in the browser and in no log of any server. */
export function invitationUrl(publicUrl: string, secret: string): string {
  return `${publicUrl}/app/invitation#${secret}`;
}

/**
 * Mails an invitation. The secret is made here and is in the mail alone, so nothing that waits in the database gives it away;
 * every attempt makes another, and the last one works. Throws unavailable/mail_failed to be tried again.
 */
export async function mailInvitation(deps: MailInvitationDeps, job: Job): Promise<void> {
  const { membershipId, sentAt } = job.payload as MailInvitation;
  const membership = await findMembership(deps.db, membershipId);
  const invitation = await findInvitation(deps.db, membershipId);
  if (membership === undefined || membership.status !== "invited") return;
  if (invitation === undefined || invitation.sentAt !== sentAt || invitation.expiresAt <= deps.now()) return;
  if (deps.mailer === undefined) return saveMailState(deps.db, invitation, "none", null);
  const organization = await findOrganization(deps.db, membership.organizationId);
  const secret = newSecret("ingot_inv");
  if (!(await saveMailedSecret(deps.db, invitation, { secret, to: membership.email }))) return;
  try {
    const content = contentOf(organization?.name ?? "", invitation, invitationUrl(deps.publicUrl(), secret));
    const { refused } = await deps.mailer.send({ to: [membership.email], id: job.id, ...content });
    const error = refused.length === 0 ? null : `The mail server refused ${refused.join(", ")}.`;
    await saveMailState(deps.db, invitation, error === null ? "sent" : "failed", error);
  } catch (error) {
    const isLast = job.attempts >= job.attemptsMax;
    await saveMailState(deps.db, invitation, isLast ? "failed" : "queued", (error as Error).message);
    throw error;
  }
}

function contentOf(organizationName: string, invitation: Invitation, url: string) {
  return emailContent({
    title: `Join ${organizationName}`,
    text: `${invitation.invitedBy} invites you to the organization ${organizationName}.`,
    facts: [{ label: "Server", value: new URL(url).host }],
    advice: `The link works once, until ${toReadableTime(invitation.expiresAt)}, and for you alone: pass it on to nobody. If you expect no invitation, do nothing.`,
    link: { label: "Accept the invitation", url },
  });
}
