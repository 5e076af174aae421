import type { Db, Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { RunTrigger } from "./run-trigger.ts";

function selectTriggers(db: Db) {
  return db
    .selectFrom("run_triggers")
    .innerJoin("workspaces", "workspaces.id", "run_triggers.workspace_id")
    .innerJoin("workspaces as sources", "sources.id", "run_triggers.source_id")
    .select([
      "run_triggers.id",
      "run_triggers.workspace_id as workspaceId",
      "run_triggers.source_id as sourceId",
      "run_triggers.created_at as createdAt",
      "workspaces.organization_id as organizationId",
      "workspaces.name as workspaceName",
      "sources.name as sourceName",
    ]);
}

/** Undefined: the pair has a trigger already. */
export async function insertRunTrigger(
  tx: Tx,
  pair: { readonly workspaceId: string; readonly sourceId: string },
  now: Millis,
): Promise<string | undefined> {
  const id = newExternalId("rt");
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("run_triggers")
    .values({ id, workspace_id: pair.workspaceId, source_id: pair.sourceId, created_at: now })
    .onConflict((c) => c.columns(["workspace_id", "source_id"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n ? id : undefined;
}

export async function findRunTrigger(db: Db, id: string): Promise<RunTrigger | undefined> {
  return selectTriggers(db).where("run_triggers.id", "=", id).executeTakeFirst();
}

export async function deleteRunTriggerRow(db: Db, id: string): Promise<void> {
  await db.deleteFrom("run_triggers").where("id", "=", id).execute();
}

export async function countSources(db: Db, workspaceId: string): Promise<number> {
  const { total } = await db
    .selectFrom("run_triggers")
    .select((e) => e.fn.countAll().as("total"))
    .where("workspace_id", "=", workspaceId)
    .executeTakeFirstOrThrow();
  return Number(total);
}

/** `inbound`: those that start runs in the workspace; `outbound`: those that its applies fire. Oldest first. */
export type Direction = "inbound" | "outbound";

/** Two statements. */
export async function listRunTriggers(
  db: Db,
  workspaceId: string,
  direction: Direction,
  page: Page,
): Promise<Paged<RunTrigger>> {
  const column = direction === "inbound" ? "run_triggers.workspace_id" : "run_triggers.source_id";
  const items = await selectTriggers(db)
    .where(column, "=", workspaceId)
    .orderBy("run_triggers.created_at")
    .orderBy("run_triggers.id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await db
    .selectFrom("run_triggers")
    .select((e) => e.fn.countAll().as("total"))
    .where(column, "=", workspaceId)
    .executeTakeFirstOrThrow();
  return { items, total: Number(total) };
}

/** What an apply in the workspace fires, whole: each target has its own limit of sources, a source has none of targets. */
export async function listFired(db: Db, sourceId: string): Promise<RunTrigger[]> {
  return selectTriggers(db).where("run_triggers.source_id", "=", sourceId).orderBy("run_triggers.id").execute();
}
