import { isUniqueViolation, type Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import { actingIn, checkOrganizationWide, may, roleTooLow, type Actor } from "../access/index.ts";
import { lockOrganization } from "../organizations/index.ts";
import { changeFlags, checkCovers, checkTeamName, isOwners, teamNotFound, type Team, type TeamChange } from "./team.ts";
import {
  addTeamMembers,
  deleteTeamRow,
  findTeam,
  hasOwner,
  insertTeam,
  isTeamMember,
  listTeamRows,
  lockTeam,
  removeTeamMembers,
  saveTeam,
} from "./team-store.ts";

export interface TeamDeps {
  readonly db: Db;
  readonly now: Clock;
}

/** Whether the actor knows of secret teams that it is not in. */
function seesSecret(actor: Actor, organizationId: string): boolean {
  return may(actor, "team:read-secret", { organizationId }) || may(actor, "team:write", { organizationId });
}

/** A team that the actor may know of. Errors: not_found/team_not_found. */
export async function getTeam(db: Db, actor: Actor, id: string): Promise<Team> {
  const team = await findTeam(db, id);
  if (team === undefined || !may(actor, "team:read", { organizationId: team.organizationId })) throw teamNotFound();
  if (team.visibility === "organization" || seesSecret(actor, team.organizationId)) return team;
  if (team.id === actor.id || (await isTeamMember(db, id, actor.id))) return team;
  throw teamNotFound();
}

/** One page of the teams of the actor's organization that it may know of, by name. */
export async function listTeams(
  db: Db,
  actor: Actor,
  filter: { readonly names?: readonly string[]; readonly text?: string },
  page: Page,
): Promise<Paged<Team>> {
  const { organizationId } = actor;
  return listTeamRows(
    db,
    { organizationId, ...filter, seenBy: seesSecret(actor, organizationId) ? null : actor.id },
    page,
  );
}

/** Those of these teams, at most 1000, of an organization that the actor may know of, by name. */
export async function findTeams(db: Db, actor: Actor, organizationId: string, ids: readonly string[]): Promise<Team[]> {
  if (ids.length === 0) return [];
  const filter = { organizationId, ids, seenBy: seesSecret(actor, organizationId) ? null : actor.id };
  return [...(await listTeamRows(db, filter, { number: 1, size: 1000 })).items];
}

/**
 * Makes a team in the actor's organization. Errors: forbidden/role_too_low, forbidden/team_beyond_you, invalid/team_name,
 * invalid/name_taken.
 */
export async function createTeam(
  deps: TeamDeps,
  actor: Actor,
  input: TeamChange & { readonly name: string },
): Promise<Team> {
  const { organizationId } = actor;
  checkOrganizationWide(actor);
  const organizationAccess = changeFlags([], input.organizationAccess);
  const team = { ...input, organizationId, name: checkTeamName(input.name), organizationAccess };
  checkMayGive(actor, team);
  try {
    return await deps.db
      .transaction()
      .execute((tx) => insertTeam(tx, { ...team, visibility: input.visibility ?? "secret" }, deps.now()));
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken() : error;
  }
}

/**
 * Changes what is given. Errors: not_found/team_not_found, forbidden/role_too_low, forbidden/team_beyond_you,
 * invalid/team_name, invalid/name_taken, invalid/owners_team.
 */
export async function updateTeam(deps: TeamDeps, actor: Actor, id: string, change: TeamChange): Promise<Team> {
  try {
    return await deps.db.transaction().execute(async (tx) => {
      const before = await lockManagedTeam(tx, actor, id);
      const after: Team = {
        ...before,
        ...change,
        name: change.name === undefined ? before.name : checkTeamName(change.name),
        organizationAccess: changeFlags(before.organizationAccess, change.organizationAccess),
      };
      const flagsChange = after.organizationAccess.join() !== before.organizationAccess.join();
      if (isOwners(before) && (after.name !== before.name || flagsChange)) {
        throw new DomainError(
          "invalid",
          "owners_team",
          "The team of the owners keeps its name, and may do everything whatever its organization access says.",
        );
      }
      checkCovers(actor, before);
      if (flagsChange) checkMayGive(actor, after);
      await saveTeam(tx, after);
      return after;
    });
  } catch (error) {
    throw isUniqueViolation(error) ? nameTaken() : error;
  }
}

/** Errors: not_found/team_not_found, forbidden/role_too_low, forbidden/team_beyond_you, invalid/owners_team. */
export async function deleteTeam(deps: TeamDeps, actor: Actor, id: string): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const team = await lockManagedTeam(tx, actor, id);
    if (isOwners(team)) {
      throw new DomainError("invalid", "owners_team", "The team of the owners cannot be deleted.");
    }
    checkCovers(actor, team);
    await deleteTeamRow(tx, id);
  });
}

/**
 * Takes persons into a team, and others out of it. Errors: not_found/team_not_found, forbidden/role_too_low,
 * forbidden/team_beyond_you, conflict/last_owner.
 */
export async function changeTeamMembers(
  deps: TeamDeps,
  actor: Actor,
  id: string,
  change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const team = await getTeam(tx, actor, id);
    checkOrganizationWide(actingIn(actor, team.organizationId));
    checkCovers(actor, team);
    // Of two that take the last two owners away one comes first.
    await lockOrganization(tx, team.organizationId);
    await addTeamMembers(tx, id, change.add ?? [], deps.now());
    await removeTeamMembers(tx, id, change.remove ?? []);
    if (isOwners(team) && (change.remove ?? []).length > 0) await checkOwnerRemains(tx, team.organizationId);
  });
}

/** To be called, with the organization locked, after anything that may have taken its last owner away. Errors: conflict/last_owner. */
export async function checkOwnerRemains(db: Db, organizationId: string): Promise<void> {
  if (await hasOwner(db, organizationId)) return;
  throw new DomainError(
    "conflict",
    "last_owner",
    "Nobody would own the organization any more. Take somebody else into the team of the owners first.",
  );
}

/** Those who may change teams see secret ones too. */
async function lockManagedTeam(tx: Parameters<typeof lockTeam>[0], actor: Actor, id: string): Promise<Team> {
  const seen = await getTeam(tx, actor, id);
  checkOrganizationWide(actingIn(actor, seen.organizationId));
  const team = await lockTeam(tx, id);
  if (team === undefined) throw teamNotFound();
  return team;
}

/** Access to the whole organization is given by those who may, and no more than they have. */
function checkMayGive(actor: Actor, team: Pick<Team, "name" | "organizationId" | "organizationAccess">): void {
  if (team.organizationAccess.length === 0) return;
  const where = { organizationId: team.organizationId };
  if (!may(actor, "team:write-access", where)) throw roleTooLow(actor, "team:write-access", where);
  checkCovers(actor, team);
}

function nameTaken(): DomainError {
  return new DomainError("invalid", "name_taken", "Name has already been taken");
}
