import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { TeamAccess as TeamAccessRow } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { AccessTarget, TeamAccess } from "./team-access.ts";

function toTeamAccess(row: TeamAccessRow): TeamAccess {
  return {
    id: row.id,
    teamId: row.team_id,
    target:
      row.workspace_id === null
        ? { kind: "project", id: row.project_id ?? "" }
        : { kind: "workspace", id: row.workspace_id },
    level: row.level,
    custom: row.custom,
    createdAt: row.created_at,
  };
}

/** Throws a unique violation for a team that has access there already. */
export async function insertTeamAccess(
  tx: Tx,
  access: Pick<TeamAccess, "teamId" | "target" | "level" | "custom">,
  now: Millis,
): Promise<TeamAccess> {
  const { target } = access;
  const row: TeamAccessRow = {
    id: newExternalId(target.kind === "workspace" ? "tws" : "tprj"),
    team_id: access.teamId,
    project_id: target.kind === "project" ? target.id : null,
    workspace_id: target.kind === "workspace" ? target.id : null,
    level: access.level,
    custom: access.custom,
    created_at: now,
  };
  await tx.insertInto("team_access").values(row).execute();
  return toTeamAccess(row);
}

export async function findTeamAccess(db: Db, id: string): Promise<TeamAccess | undefined> {
  const row = await db.selectFrom("team_access").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toTeamAccess(row);
}

/** Locks it until the transaction ends. */
export async function lockTeamAccess(tx: Tx, id: string): Promise<TeamAccess | undefined> {
  const row = await tx
    .selectFrom("team_access")
    .selectAll()
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && toTeamAccess(row);
}

export async function saveTeamAccess(tx: Tx, { id, level, custom }: TeamAccess): Promise<void> {
  await tx.updateTable("team_access").set({ level, custom }).where("id", "=", id).execute();
}

export async function deleteTeamAccessRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("team_access").where("id", "=", id).execute();
}

/** One page of the teams that have access of their own there, in the order in which they got it. */
export async function listTeamAccessRows(db: Db, target: AccessTarget, page: Page): Promise<Paged<TeamAccess>> {
  const column = target.kind === "workspace" ? "workspace_id" : "project_id";
  const found = db.selectFrom("team_access").where(column, "=", target.id);
  const rows = await found
    .selectAll()
    .orderBy("created_at")
    .orderBy("id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const counted = await found.select((e) => e.fn.countAll<number>().as("n")).executeTakeFirst();
  return { items: rows.map(toTeamAccess), total: Number(counted?.n ?? 0) };
}
