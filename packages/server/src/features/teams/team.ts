import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { may, ownersTeam, permissionsOfFlags, type Actor, type OrganizationFlag } from "../access/index.ts";

export type TeamVisibility = "secret" | "organization";

/** Persons who get access together. It is a principal too: its tokens act with what it may do, whoever is in it. */
export interface Team {
  /** `team-…` */
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  /** `secret`: only its members and those who manage teams know of it. */
  readonly visibility: TeamVisibility;
  /** Kept for clients: how an identity provider calls it. */
  readonly ssoTeamId: string | null;
  /** Whether its members may make tokens of the team. */
  readonly allowMemberTokenManagement: boolean;
  /** What it may do in the whole organization. The owners do everything, whatever stands here. */
  readonly organizationAccess: readonly OrganizationFlag[];
  readonly createdAt: Millis;
}

export interface TeamChange {
  readonly name?: string;
  readonly visibility?: TeamVisibility;
  readonly ssoTeamId?: string | null;
  readonly allowMemberTokenManagement?: boolean;
  /** Those that are named here; the others stay as they are. */
  readonly organizationAccess?: Readonly<Partial<Record<OrganizationFlag, boolean>>>;
}

export function teamNotFound(): DomainError {
  return new DomainError("not_found", "team_not_found", "There is no such team, or you may not see it.");
}

export function isOwners(team: Pick<Team, "name">): boolean {
  return team.name === ownersTeam;
}

const namePattern = /^[A-Za-z0-9_-][A-Za-z0-9 ./_-]{0,88}[A-Za-z0-9_-]$|^[A-Za-z0-9_-]$/;

/** Errors: invalid/team_name. */
export function checkTeamName(name: string): string {
  if (namePattern.test(name)) return name;
  throw new DomainError(
    "invalid",
    "team_name",
    "Name has 1 to 90 letters, numbers, - or _, with spaces, dots and slashes only inside.",
  );
}

/** The flags after a change, in the order of the table. */
export function changeFlags(
  before: readonly OrganizationFlag[],
  change: TeamChange["organizationAccess"] = {},
): OrganizationFlag[] {
  const after = new Set(before);
  for (const [flag, wanted] of Object.entries(change) as [OrganizationFlag, boolean][]) {
    if (wanted) after.add(flag);
    else after.delete(flag);
  }
  return [...after].sort();
}

/**
 * Whether the actor may do everything that a team may do in the whole organization: only then may it give somebody a part
 * in that team, else managing teams would be a way to become more than one is.
 */
export function covers(actor: Actor, team: Pick<Team, "name" | "organizationId" | "organizationAccess">): boolean {
  const { organizationId } = team;
  if (isOwners(team)) {
    return actor.grants.some((grant) => grant.organizationId === organizationId && grant.role === "owner");
  }
  return [...permissionsOfFlags(team.organizationAccess)].every((one) => may(actor, one, { organizationId }));
}

/** Errors: forbidden/team_beyond_you. */
export function checkCovers(actor: Actor, team: Pick<Team, "name" | "organizationId" | "organizationAccess">): void {
  if (covers(actor, team)) return;
  throw new DomainError(
    "forbidden",
    "team_beyond_you",
    `The team ${team.name} may do more in the organization than this credential. Ask one of its owners.`,
  );
}
