import { isUniqueViolation, type Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { actingIn, checkOrganizationWide, may, removeRoles, type Actor } from "../access/index.ts";
import {
  activateMembership,
  deleteMembershipRow,
  findMembership,
  insertMembership,
  type Membership,
} from "../memberships/index.ts";
import { checkEmail, lockOrganization } from "../organizations/index.ts";
import { findPersonByEmail, insertPrincipal, isNameTaken } from "../principals/index.ts";
import { addTeamMembers, checkCovers, checkOwnerRemains, getTeam, leaveTeams } from "../teams/index.ts";

export interface InvitationDeps {
  readonly db: Db;
  readonly now: Clock;
}

export function membershipNotFound(): DomainError {
  return new DomainError("not_found", "membership_not_found", "There is no such membership, or you may not see it.");
}

/**
 * Asks the person with this address to join the actor's organization, and makes that person when the server knows nobody
 * with it. Whoever is asked may do nothing there before it accepts. Errors: forbidden/role_too_low,
 * forbidden/team_beyond_you, not_found/team_not_found, invalid/email, invalid/already_a_member.
 */
export async function invitePerson(
  deps: InvitationDeps,
  actor: Actor,
  input: { readonly email: string; readonly teamIds: readonly string[] },
): Promise<Membership> {
  const { organizationId } = actor;
  checkOrganizationWide(actor);
  const email = checkEmail(input.email).toLowerCase();
  try {
    return await deps.db.transaction().execute(async (tx) => {
      const now = deps.now();
      const teams = [];
      for (const id of input.teamIds) teams.push(await getTeam(tx, actor, id));
      for (const team of teams) {
        if (team.organizationId !== organizationId) throw membershipNotFound();
        checkCovers(actor, team);
      }
      let personId = (await findPersonByEmail(tx, email))?.id;
      if (personId === undefined) {
        const name = await freeName(tx, email);
        const person = { kind: "user", organizationId, projectId: null, name, email, invited: true } as const;
        personId = (await insertPrincipal(tx, person, now)).id;
      }
      const membership = { organizationId, principalId: personId, status: "invited", email } as const;
      const id = await insertMembership(tx, membership, now);
      for (const team of teams) await addTeamMembers(tx, team.id, [personId], now);
      return (await findMembership(tx, id)) as Membership;
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError(
      "invalid",
      "already_a_member",
      `${email} is a member of the organization, or invited, already.`,
    );
  }
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

/** The invited person says yes. Errors: not_found/membership_not_found, also for an invitation of somebody else. */
export async function acceptInvitation(deps: InvitationDeps, actor: Actor, id: string): Promise<Membership> {
  const membership = await findMembership(deps.db, id);
  if (membership === undefined || membership.principalId !== actor.id) throw membershipNotFound();
  await activateMembership(deps.db, id);
  return { ...membership, status: "active" };
}

/**
 * Takes a person out of an organization and of its teams; the person stays, with its tokens. Persons may leave by themselves.
 * Errors: not_found/membership_not_found, forbidden/role_too_low, conflict/last_owner.
 */
export async function removeMembership(deps: InvitationDeps, actor: Actor, id: string): Promise<void> {
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
