import type { Db, Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { startPersonSession, type Actor, type StartedSession } from "../access/index.ts";
import { activateMembership, findMembership, lockMembership, type Membership } from "../memberships/index.ts";
import { findOrganization } from "../organizations/index.ts";
import { claimPerson, trustAddress } from "../principals/index.ts";
import { checkOpen, invitationAccepted, invitationNotFound, type Invitation } from "./invitation.ts";
import { findInvitationBySecret, markAccepted } from "./invitation-store.ts";

export interface OpenInvitationDeps {
  readonly db: Db;
  readonly now: Clock;
}

/** What the holder of a link is told before it does anything; not whether the server knows the address. */
export interface OpenedInvitation {
  readonly membership: Membership;
  readonly invitation: Invitation;
  readonly organizationName: string;
}

interface Found extends OpenedInvitation {
  readonly mailed: boolean;
}

/**
 * The invitation that a link belongs to. Errors: not_found/invitation_not_found, conflict/invitation_accepted,
 * conflict/invitation_expired.
 */
export async function openInvitation(deps: OpenInvitationDeps, secret: string): Promise<OpenedInvitation> {
  const found = await findBySecret(deps.db, secret, findMembership);
  checkOpen(found.invitation, deps.now());
  return found;
}

/**
 * The first sign-in of a person: accepts, and starts a session of a browser. Never for anybody who can sign in otherwise: else
 * whoever invites an address would get the powers that its owner has elsewhere. Errors: as
 * {@link openInvitation}; conflict/invitation_needs_sign_in.
 */
export async function joinByInvitation(
  deps: OpenInvitationDeps,
  secret: string,
): Promise<{ readonly membership: Membership; readonly session: StartedSession }> {
  return deps.db.transaction().execute(async (tx) => {
    const found = await findBySecret(tx, secret, lockMembership);
    const { organizationId, principalId } = found.membership;
    checkOpen(found.invitation, deps.now());
    if (!(await claimPerson(tx, principalId, organizationId, deps.now()))) {
      throw new DomainError(
        "conflict",
        "invitation_needs_sign_in",
        "There is an account for this address already. Sign in with a token of it, then open the link again.",
      );
    }
    const membership = await accept(deps, tx, found);
    const session = await startPersonSession(tx, { id: principalId, organizationId }, deps.now());
    return { membership, session };
  });
}

/**
 * The invited person, signed in, says yes. Errors: as {@link openInvitation}; forbidden/invitation_of_another.
 */
export async function acceptByLink(deps: OpenInvitationDeps, actor: Actor, secret: string): Promise<Membership> {
  return deps.db.transaction().execute(async (tx) => {
    const found = await findBySecret(tx, secret, lockMembership);
    checkOpen(found.invitation, deps.now());
    if (actor.kind !== "user" || found.membership.principalId !== actor.id) {
      throw new DomainError(
        "forbidden",
        "invitation_of_another",
        "This invitation is for another account than the one that is signed in. Sign out, then open the link again.",
      );
    }
    return accept(deps, tx, found);
  });
}

async function findBySecret<D extends Db | Tx>(
  db: D,
  secret: string,
  find: (db: D, id: string) => Promise<Membership | undefined>,
): Promise<Found> {
  const seen = await findInvitationBySecret(db, secret);
  const membership = seen && (await find(db, seen.invitation.membershipId));
  // Again: the lock may have waited for somebody who accepted it, or made another link.
  const found = membership && (await findInvitationBySecret(db, secret));
  const organization = membership && (await findOrganization(db, membership.organizationId));
  if (membership === undefined || found === undefined || organization === undefined) throw invitationNotFound();
  return { membership, ...found, organizationName: organization.name };
}

async function accept(
  deps: OpenInvitationDeps,
  tx: Tx,
  { membership, invitation, mailed }: Found,
): Promise<Membership> {
  if (!(await markAccepted(tx, invitation, deps.now()))) throw invitationAccepted();
  await activateMembership(tx, membership.id);
  // Only the mail has this link: whoever opens it reads the mail of the address that it went to.
  if (mailed && invitation.mailedTo === membership.email) await trustAddress(tx, membership.principalId);
  return { ...membership, status: "active" };
}
