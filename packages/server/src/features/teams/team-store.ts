import { containsText } from "../../db/contains-text.ts";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { Teams } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { ownersTeam, type OrganizationFlag } from "../access/index.ts";
import type { Team, TeamVisibility } from "./team.ts";

function toTeam(row: Teams): Team {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    visibility: row.visibility as TeamVisibility,
    ssoTeamId: row.sso_team_id,
    allowMemberTokenManagement: row.allow_member_token_management === 1,
    organizationAccess: JSON.parse(row.organization_access) as OrganizationFlag[],
    createdAt: row.created_at,
  };
}

export type NewTeam = Pick<Team, "organizationId" | "name" | "visibility"> &
  Partial<Pick<Team, "ssoTeamId" | "allowMemberTokenManagement" | "organizationAccess">>;

/** Throws a unique violation for a name that is taken in the organization. */
export async function insertTeam(db: Db, team: NewTeam, now: Millis): Promise<Team> {
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
    sso_team_id: team.ssoTeamId ?? null,
    allow_member_token_management: team.allowMemberTokenManagement === false ? 0 : 1,
    organization_access: JSON.stringify(team.organizationAccess ?? []),
    created_at: now,
  };
  await db.insertInto("teams").values(row).execute();
  return toTeam(row);
}

export async function findTeam(db: Db, id: string): Promise<Team | undefined> {
  const row = await db.selectFrom("teams").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toTeam(row);
}

/** Locks the team until the transaction ends. */
export async function lockTeam(tx: Tx, id: string): Promise<Team | undefined> {
  const row = await tx.selectFrom("teams").selectAll().where("id", "=", id).$call(forUpdate(tx)).executeTakeFirst();
  return row && toTeam(row);
}

/** Throws a unique violation for a name that is taken in the organization. */
export async function saveTeam(tx: Tx, team: Team): Promise<void> {
  await tx.updateTable("principals").set({ name: team.name }).where("id", "=", team.id).execute();
  await tx
    .updateTable("teams")
    .set({
      name: team.name,
      visibility: team.visibility,
      sso_team_id: team.ssoTeamId,
      allow_member_token_management: team.allowMemberTokenManagement ? 1 : 0,
      organization_access: JSON.stringify(team.organizationAccess),
    })
    .where("id", "=", team.id)
    .execute();
}

/** With its members, access and tokens. */
export async function deleteTeamRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("principals").where("id", "=", id).where("kind", "=", "team").execute();
}

export interface TeamFilter {
  readonly organizationId: string;
  readonly names?: readonly string[];
  readonly ids?: readonly string[];
  /** In the name, whatever the case. */
  readonly text?: string;
  /** Secret ones only where this principal is in them, or is one; null: all. */
  readonly seenBy: string | null;
}

/** One page of an organization's teams, by name. */
export async function listTeamRows(db: Db, filter: TeamFilter, page: Page): Promise<Paged<Team>> {
  const { organizationId, names, ids, text, seenBy } = filter;
  const found = db
    .selectFrom("teams")
    .where("organization_id", "=", organizationId)
    .$if(names !== undefined, (q) => q.where("name", "in", names as readonly string[]))
    .$if(ids !== undefined, (q) => q.where("id", "in", ids as readonly string[]))
    .$if(text !== undefined, (q) => q.where(containsText("teams.name", text ?? "")))
    .$if(seenBy !== null, (q) =>
      q.where((e) =>
        e.or([
          e("visibility", "=", "organization"),
          e("teams.id", "=", seenBy ?? ""),
          e(
            "teams.id",
            "in",
            e
              .selectFrom("team_members")
              .select("team_id")
              .where("principal_id", "=", seenBy ?? ""),
          ),
        ]),
      ),
    );
  const rows = await found.selectAll().orderBy("name").limit(page.size).offset(offsetOf(page)).execute();
  const counted = await found.select((e) => e.fn.countAll<number>().as("n")).executeTakeFirst();
  return { items: rows.map(toTeam), total: Number(counted?.n ?? 0) };
}

/** Who is in it already stays. */
export async function addTeamMembers(
  db: Db,
  teamId: string,
  principalIds: readonly string[],
  now: Millis,
): Promise<void> {
  await inChunks(principalIds, async (chunk) => {
    await db
      .insertInto("team_members")
      .values(chunk.map((principalId) => ({ team_id: teamId, principal_id: principalId, created_at: now })))
      .onConflict((c) => c.columns(["team_id", "principal_id"]).doNothing())
      .execute();
    return [];
  });
}

export async function removeTeamMembers(db: Db, teamId: string, principalIds: readonly string[]): Promise<void> {
  await inChunks(principalIds, async (chunk) => {
    await db.deleteFrom("team_members").where("team_id", "=", teamId).where("principal_id", "in", chunk).execute();
    return [];
  });
}

export async function isTeamMember(db: Db, teamId: string, principalId: string): Promise<boolean> {
  const row = await db
    .selectFrom("team_members")
    .select("team_id")
    .where("team_id", "=", teamId)
    .where("principal_id", "=", principalId)
    .executeTakeFirst();
  return row !== undefined;
}

export interface TeamMember {
  readonly teamId: string;
  readonly principalId: string;
  /** `ou-…` */
  readonly membershipId: string;
}

/** Who is in these teams, in the order in which they joined. */
export async function listTeamMembers(db: Db, teamIds: readonly string[]): Promise<TeamMember[]> {
  return inChunks(teamIds, (chunk) =>
    db
      .selectFrom("team_members as tm")
      .innerJoin("teams as t", "t.id", "tm.team_id")
      .innerJoin("organization_memberships as m", (j) =>
        j.onRef("m.principal_id", "=", "tm.principal_id").onRef("m.organization_id", "=", "t.organization_id"),
      )
      .select(["tm.team_id as teamId", "tm.principal_id as principalId", "m.id as membershipId"])
      .where("tm.team_id", "in", chunk)
      .orderBy("tm.created_at")
      .orderBy("tm.principal_id")
      .execute(),
  );
}

/** What these teams are called, by id. */
export async function findTeamNames(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await inChunks(ids, (chunk) =>
    db.selectFrom("teams").select(["id", "name"]).where("id", "in", chunk).execute(),
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** How many are in each of these teams that anybody is in. */
export async function countTeamMembers(db: Db, teamIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await inChunks(teamIds, (chunk) =>
    db
      .selectFrom("team_members as tm")
      .innerJoin("teams as t", "t.id", "tm.team_id")
      .innerJoin("organization_memberships as m", (j) =>
        j.onRef("m.principal_id", "=", "tm.principal_id").onRef("m.organization_id", "=", "t.organization_id"),
      )
      .select((e) => ["tm.team_id", e.fn.countAll<number>().as("n")])
      .where("tm.team_id", "in", chunk)
      .groupBy("tm.team_id")
      .execute(),
  );
  return new Map(rows.map((row) => [row.team_id, Number(row.n)]));
}

/** The teams of an organization that these persons are in: team by person. */
export async function listTeamsOf(
  db: Db,
  organizationId: string,
  principalIds: readonly string[],
): Promise<{ readonly teamId: string; readonly principalId: string }[]> {
  return inChunks(principalIds, (chunk) =>
    db
      .selectFrom("team_members as tm")
      .innerJoin("teams as t", "t.id", "tm.team_id")
      .select(["tm.team_id as teamId", "tm.principal_id as principalId"])
      .where("t.organization_id", "=", organizationId)
      .where("tm.principal_id", "in", chunk)
      .orderBy("t.name")
      .execute(),
  );
}

/** Takes a person out of all teams of an organization. */
export async function leaveTeams(tx: Tx, organizationId: string, principalId: string): Promise<void> {
  await tx
    .deleteFrom("team_members")
    .where("principal_id", "=", principalId)
    .where("team_id", "in", (e) =>
      e.selectFrom("teams").select("teams.id").where("teams.organization_id", "=", organizationId),
    )
    .execute();
}

/** Whether somebody who is in the organization owns it. */
export async function hasOwner(db: Db, organizationId: string): Promise<boolean> {
  const row = await db
    .selectFrom("team_members as tm")
    .innerJoin("teams as t", "t.id", "tm.team_id")
    .innerJoin("organization_memberships as m", (j) =>
      j.onRef("m.principal_id", "=", "tm.principal_id").onRef("m.organization_id", "=", "t.organization_id"),
    )
    .select("tm.principal_id")
    .where("t.organization_id", "=", organizationId)
    .where("t.name", "=", ownersTeam)
    .where("m.status", "=", "active")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
