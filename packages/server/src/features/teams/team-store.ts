import type { Db } from "../../db/database.ts";
import type { Teams } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";

export type TeamVisibility = "secret" | "organization";

/** Persons who get access together. It is a principal too: its tokens act with what it may do, whoever is in it. */
export interface Team {
  /** `team-…` */
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  /** `secret`: only its members and those who manage teams know of it. */
  readonly visibility: TeamVisibility;
  /** Whether its members may make tokens of the team. */
  readonly allowMemberTokenManagement: boolean;
  readonly createdAt: Millis;
}

function toTeam(row: Teams): Team {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    visibility: row.visibility as TeamVisibility,
    allowMemberTokenManagement: row.allow_member_token_management === 1,
    createdAt: row.created_at,
  };
}

/** Throws a unique violation for a name that is taken in the organization. */
export async function insertTeam(
  db: Db,
  team: Pick<Team, "organizationId" | "name" | "visibility">,
  now: Millis,
): Promise<Team> {
  const id = newExternalId("team");
  const { organizationId, name, visibility } = team;
  await db
    .insertInto("principals")
    .values({ id, kind: "team", organization_id: organizationId, project_id: null, name, email: null, created_at: now })
    .execute();
  const row: Teams = {
    id,
    organization_id: organizationId,
    name,
    visibility,
    sso_team_id: null,
    allow_member_token_management: 1,
    organization_access: "[]",
    created_at: now,
  };
  await db.insertInto("teams").values(row).execute();
  return toTeam(row);
}

/** Who is in it already stays. */
export async function addTeamMembers(
  db: Db,
  teamId: string,
  principalIds: readonly string[],
  now: Millis,
): Promise<void> {
  if (principalIds.length === 0) return;
  await db
    .insertInto("team_members")
    .values(principalIds.map((principalId) => ({ team_id: teamId, principal_id: principalId, created_at: now })))
    .onConflict((c) => c.columns(["team_id", "principal_id"]).doNothing())
    .execute();
}
