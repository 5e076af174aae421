import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { actingIn, checkOrganizationWide, may, removeRoles, type Actor } from "../access/index.ts";
import {
  activateMembership,
  deleteMembershipRow,
  findMembership,
  lockMembership,
  type Membership,
} from "../memberships/index.ts";
import { lockOrganization } from "../organizations/index.ts";
import { isAddressTrusted } from "../principals/index.ts";
import { checkOwnerRemains, leaveTeams } from "../teams/index.ts";
import { findInvitation, markAccepted } from "./invitation-store.ts";

export interface MembershipDeps {
  readonly db: Db;
  readonly now: Clock;
}

export function membershipNotFound(): DomainError {
  return new DomainError("not_found", "membership_not_found", "There is no such membership, or you may not see it.");
}

/**
 * A membership of the actor's own, or of an organization whose members it manages: addresses are told to nobody else.
 * Errors: not_found/membership_not_found.
 */
export async function getMembership(db: Db, actor: Actor, id: string): Promise<Membership> {
  const membership = await findMembership(db, id);
  if (membership === undefined) throw membershipNotFound();
  if (membership.principalId === actor.id) return membership;
  if (!may(actor, "membership:write", membership)) throw membershipNotFound();
  return membership;
}

/**
 * The invited person says yes, without the link: enough where its address tells who it is. Errors:
 * not_found/membership_not_found, also for an invitation of somebody else; forbidden/invitation_link_needed.
 */
export async function acceptInvitation(deps: MembershipDeps, actor: Actor, id: string): Promise<Membership> {
  return deps.db.transaction().execute(async (tx) => {
    const membership = await lockMembership(tx, id);
    if (membership === undefined || membership.principalId !== actor.id) throw membershipNotFound();
    const { organizationId, status } = membership;
    if (status === "invited" && !(await isAddressTrusted(tx, actor.id, organizationId))) throw linkNeeded();
    await activateMembership(tx, id);
    const invitation = await findInvitation(tx, id);
    if (invitation !== undefined) await markAccepted(tx, invitation, deps.now());
    return { ...membership, status: "active" };
  });
}

// Else whoever was the first to use an address would be let in wherever somebody trusts in that address.
function linkNeeded(): DomainError {
  return new DomainError(
    "forbidden",
    "invitation_link_needed",
    "Nobody has proved that the address of this account is yours. Open the link of the invitation in the console, signed in with this account.",
  );
}

/**
 * Takes a person out of an organization and of its teams; the person stays, with its tokens. Persons may leave by themselves.
 * Errors: not_found/membership_not_found, forbidden/role_too_low, conflict/last_owner.
 */
export async function removeMembership(deps: MembershipDeps, actor: Actor, id: string): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const membership = await findMembership(tx, id);
    if (membership === undefined) throw membershipNotFound();
    const { organizationId, principalId } = membership;
    if (principalId !== actor.id) {
      await getMembership(tx, actor, id);
      checkOrganizationWide(actingIn(actor, organizationId));
    }
    // Of two that take the last two owners away one comes first.
    await lockOrganization(tx, organizationId);
    await leaveTeams(tx, organizationId, principalId);
    await removeRoles(tx, organizationId, principalId);
    await deleteMembershipRow(tx, id);
    await checkOwnerRemains(tx, organizationId);
  });
}
