import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import { actingWith, canSee, type Actor, type Permission } from "../access/index.ts";
import { findProject } from "../projects/index.ts";
import { findTeam, isOwners, teamNotFound, type Team } from "../teams/index.ts";
import { findWorkspace } from "../workspaces/index.ts";
import {
  deleteTeamAccessRow,
  findTeamAccess,
  insertTeamAccess,
  listTeamAccessRows,
  lockTeamAccess,
  saveTeamAccess,
} from "./team-access-store.ts";
import { customOf, teamAccessNotFound, type AccessTarget, type TeamAccess } from "./team-access.ts";

export interface TeamAccessDeps {
  readonly db: Db;
  readonly now: Clock;
}

/** What has to be allowed at the place to read or to change who has access there. */
const permissionsAt: Readonly<Record<AccessTarget["kind"], Readonly<Record<"read" | "write", Permission>>>> = {
  workspace: { read: "workspace-access:read", write: "workspace-access:write" },
  project: { read: "policy:read", write: "policy:write" },
};

export interface NewTeamAccess {
  readonly teamId: string;
  readonly target: AccessTarget;
  readonly level: string;
  /** Of the level `custom`: what is undefined is not given. */
  readonly details: Readonly<Record<string, unknown>>;
}

/**
 * Gives a team access. Errors: not_found/team_access_not_found for a place that the actor does not see,
 * not_found/team_not_found, forbidden/role_too_low, invalid/read_only_detail, invalid/team_has_access, invalid/owners_team.
 */
export async function addTeamAccess(deps: TeamAccessDeps, actor: Actor, input: NewTeamAccess): Promise<TeamAccess> {
  const organizationId = await checkAt(deps.db, actor, input.target, "write");
  const team = await findTeam(deps.db, input.teamId);
  if (team === undefined || team.organizationId !== organizationId) throw teamNotFound();
  checkNotOwners(team);
  const custom = customOf(input.level, undefined, input.details);
  try {
    return await deps.db.transaction().execute((tx) => insertTeamAccess(tx, { ...input, custom }, deps.now()));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError(
      "invalid",
      "team_has_access",
      `The team ${team.name} has access to this ${input.target.kind} already. Change that instead.`,
    );
  }
}

/** Errors: not_found/team_access_not_found, forbidden/role_too_low. */
export async function getTeamAccess(db: Db, actor: Actor, kind: AccessTarget["kind"], id: string): Promise<TeamAccess> {
  const access = await findTeamAccess(db, id);
  if (access?.target.kind !== kind) throw teamAccessNotFound();
  await checkAt(db, actor, access.target, "read");
  return access;
}

/** Errors: not_found/team_access_not_found for a place that the actor does not see, forbidden/role_too_low. */
export async function listTeamAccess(
  db: Db,
  actor: Actor,
  target: AccessTarget,
  page: Page,
): Promise<Paged<TeamAccess>> {
  await checkAt(db, actor, target, "read");
  return listTeamAccessRows(db, target, page);
}

/** Errors: not_found/team_access_not_found, forbidden/role_too_low, invalid/read_only_detail. */
export async function updateTeamAccess(
  deps: TeamAccessDeps,
  actor: Actor,
  kind: AccessTarget["kind"],
  id: string,
  change: { readonly level?: string; readonly details: Readonly<Record<string, unknown>> },
): Promise<TeamAccess> {
  return deps.db.transaction().execute(async (tx) => {
    const before = await lockOwn(tx, actor, kind, id);
    const level = change.level ?? before.level;
    const after = { ...before, level, custom: customOf(level, before, change.details) };
    await saveTeamAccess(tx, after);
    return after;
  });
}

/** Errors: not_found/team_access_not_found, forbidden/role_too_low. */
export async function removeTeamAccess(
  deps: TeamAccessDeps,
  actor: Actor,
  kind: AccessTarget["kind"],
  id: string,
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const access = await lockOwn(tx, actor, kind, id);
    await deleteTeamAccessRow(tx, access.id);
  });
}

async function lockOwn(tx: Tx, actor: Actor, kind: AccessTarget["kind"], id: string): Promise<TeamAccess> {
  const access = await lockTeamAccess(tx, id);
  if (access?.target.kind !== kind) throw teamAccessNotFound();
  await checkAt(tx, actor, access.target, "write");
  return access;
}

/**
 * The organization of a place whose access the actor may read or change. Managing what teams may do in the whole
 * organization is not enough: it is bounded by what one may do oneself, and this would not be.
 */
async function checkAt(db: Db, actor: Actor, target: AccessTarget, verb: "read" | "write"): Promise<string> {
  const place = target.kind === "workspace" ? await findWorkspace(db, target.id) : await placeOfProject(db, target.id);
  if (place === undefined) throw teamAccessNotFound();
  const { organizationId } = place;
  if (!canSee(actingWith(actor, permissionsAt[target.kind][verb]), place)) throw teamAccessNotFound();
  return organizationId;
}

async function placeOfProject(db: Db, id: string) {
  const project = await findProject(db, id);
  return project && { organizationId: project.organizationId, projectId: project.id };
}

function checkNotOwners(team: Team): void {
  if (!isOwners(team)) return;
  throw new DomainError("invalid", "owners_team", "The team of the owners has access to everything already.");
}
