import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newSecret } from "../../platform/ids.ts";
import type { Mailer } from "../../platform/mailer.ts";
import { TooManyRequests } from "../../platform/rate-limit.ts";
import { actingIn, checkOrganizationWide, type Actor } from "../access/index.ts";
import { findMembership, insertMembership, lockMembership, type Membership } from "../memberships/index.ts";
import { checkEmail } from "../organizations/index.ts";
import { findPersonByEmail, insertPrincipal, isNameTaken } from "../principals/index.ts";
import { addTeamMembers, checkCovers, getTeam, teamNotFound } from "../teams/index.ts";
import { invitationAccepted, secondsUntilResend, sentInvitation, type Invitation } from "./invitation.ts";
import { findInvitation, putInvitation } from "./invitation-store.ts";
import { mailInvitationJob, type MailInvitation } from "./mail-invitation.ts";
import { getMembership, membershipNotFound } from "./manage-memberships.ts";

export interface InvitationDeps {
  readonly db: Db;
  readonly now: Clock;
  /** Undefined: this server sends no mail. */
  readonly mailer: Mailer | undefined;
  readonly wakeJobs: () => void;
}

export interface NewInvitation {
  readonly email: string;
  readonly teamIds: readonly string[];
}

/** An invitation with the secret of the link that its inviter is shown, this once. */
export interface ShownInvitation {
  readonly membership: Membership;
  readonly invitation: Invitation;
  readonly secret: string;
}

/**
 * Asks the person with this address to join the actor's organization, and makes that person when the server knows nobody
 * with it; a mail goes out where the server sends any. Whoever is asked may do nothing there before it accepts. Errors:
 * forbidden/role_too_low, forbidden/team_beyond_you, not_found/team_not_found, invalid/email, invalid/already_a_member.
 */
export async function invitePerson(deps: InvitationDeps, actor: Actor, input: NewInvitation): Promise<Membership> {
  return (await invite(deps, actor, input, null)).membership;
}

/** As {@link invitePerson}, with a link that the inviter hands on. */
export async function inviteByLink(deps: InvitationDeps, actor: Actor, input: NewInvitation): Promise<ShownInvitation> {
  const secret = newSecret("ingot_inv");
  return { ...(await invite(deps, actor, input, secret)), secret };
}

async function invite(
  deps: InvitationDeps,
  actor: Actor,
  input: NewInvitation,
  secret: string | null,
): Promise<Omit<ShownInvitation, "secret">> {
  const { organizationId } = actor;
  checkOrganizationWide(actor);
  const email = checkEmail(input.email).toLowerCase();
  try {
    const made = await deps.db.transaction().execute(async (tx) => {
      const now = deps.now();
      const teams = [];
      for (const id of input.teamIds) teams.push(await getTeam(tx, actor, id));
      for (const team of teams) {
        if (team.organizationId !== organizationId) throw teamNotFound();
        checkCovers(actor, team);
      }
      const personId = (await findPersonByEmail(tx, email))?.id ?? (await makePerson(deps, tx, organizationId, email));
      const membership = { organizationId, principalId: personId, status: "invited", email } as const;
      const id = await insertMembership(tx, membership, now);
      for (const team of teams) await addTeamMembers(tx, team.id, [personId], now);
      const invitation = await send(deps, tx, { membershipId: id, invitedBy: actor.name }, secret);
      return { membership: (await findMembership(tx, id)) as Membership, invitation };
    });
    deps.wakeJobs();
    return made;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError(
      "invalid",
      "already_a_member",
      `${email} is a member of the organization, or invited, already.`,
    );
  }
}

/**
 * Makes a new link in the place of those that were made before, and mails one. Errors: not_found/membership_not_found,
 * forbidden/role_too_low, conflict/invitation_accepted, throttled/too_many_requests within a minute of the last mail.
 */
export async function renewInvitation(
  deps: InvitationDeps,
  actor: Actor,
  membershipId: string,
): Promise<ShownInvitation> {
  const secret = newSecret("ingot_inv");
  const renewed = await deps.db.transaction().execute(async (tx) => {
    const { organizationId } = await getMembership(tx, actor, membershipId);
    checkOrganizationWide(actingIn(actor, organizationId));
    const membership = await lockMembership(tx, membershipId);
    if (membership === undefined) throw membershipNotFound();
    if (membership.status !== "invited") throw invitationAccepted();
    const seconds = secondsUntilResend(await findInvitation(tx, membershipId), deps.now());
    if (seconds > 0) throw new TooManyRequests(seconds);
    const invitation = await send(deps, tx, { membershipId, invitedBy: actor.name }, secret);
    return { membership, invitation, secret };
  });
  deps.wakeJobs();
  return renewed;
}

async function send(
  deps: InvitationDeps,
  tx: Tx,
  about: Pick<Invitation, "membershipId" | "invitedBy">,
  secret: string | null,
): Promise<Invitation> {
  const now = deps.now();
  const mails = deps.mailer !== undefined;
  const invitation = sentInvitation(about, mails, now);
  await putInvitation(tx, invitation, secret);
  if (mails) {
    const { membershipId, sentAt } = invitation;
    const payload: MailInvitation = { membershipId, sentAt };
    await enqueueJob(tx, { kind: mailInvitationJob, payload, uniqueKey: `${membershipId}:${sentAt}` }, now);
  }
  return invitation;
}

async function makePerson(deps: InvitationDeps, tx: Tx, organizationId: string, email: string): Promise<string> {
  const name = await freeName(tx, email);
  const person = { kind: "user", organizationId, projectId: null, name, email, invited: true } as const;
  return (await insertPrincipal(tx, person, deps.now())).id;
}

/** A name nobody has, from what stands before the @. */
async function freeName(db: Db, email: string): Promise<string> {
  const base = (email.split("@")[0] ?? "").replaceAll(/[^A-Za-z0-9_.-]/g, "-").slice(0, 40) || "user";
  const first = /^[A-Za-z0-9]/.test(base) ? base : `user-${base}`;
  for (let number = 1; ; number++) {
    const name = number === 1 ? first : `${first}-${number}`;
    if (!(await isNameTaken(db, name))) return name;
  }
}
