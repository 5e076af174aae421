import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { Tasks } from "../../db/schema.gen.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { StageKind } from "../runs/index.ts";
import type { RunTask, TaskEnforcementLevel } from "./run-task.ts";

type Row = Selectable<Tasks> & { readonly organization_name: string };

function contextOf(id: string, what: "url" | "key"): string {
  return `run-task-${what}:${id}`;
}

function toRunTask(sealer: Sealer, row: Row): RunTask {
  const key = row.sealed_hmac_key;
  return {
    id: row.id,
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    name: row.name,
    description: row.description,
    url: openText(sealer, row.sealed_url, contextOf(row.id, "url")),
    hmacKey: key === null ? null : openText(sealer, key, contextOf(row.id, "key")),
    enabled: row.enabled === 1,
    global: {
      enabled: row.global_enabled === 1,
      stages: JSON.parse(row.global_stages) as StageKind[],
      enforcementLevel: row.global_enforcement_level as TaskEnforcementLevel,
    },
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns(sealer: Sealer, task: RunTask) {
  const { id, hmacKey } = task;
  return {
    name: task.name,
    description: task.description,
    sealed_url: sealText(sealer, task.url, contextOf(id, "url")),
    sealed_hmac_key: hmacKey === null ? null : sealText(sealer, hmacKey, contextOf(id, "key")),
    enabled: task.enabled ? 1 : 0,
    global_enabled: task.global.enabled ? 1 : 0,
    global_stages: JSON.stringify(task.global.stages),
    global_enforcement_level: task.global.enforcementLevel,
    revision: task.revision,
    updated_at: task.updatedAt,
  };
}

function selectTasks(db: Db) {
  return db
    .selectFrom("tasks")
    .innerJoin("organizations", "organizations.id", "tasks.organization_id")
    .selectAll("tasks")
    .select("organizations.name as organization_name");
}

/** False when the organization has a run task of this name already. */
export async function insertRunTask(db: Db, sealer: Sealer, task: RunTask): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("tasks")
    .values({
      id: task.id,
      organization_id: task.organizationId,
      created_at: task.createdAt,
      ...toColumns(sealer, task),
    })
    .onConflict((c) => c.columns(["organization_id", "name"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** False when somebody else has changed it since the revision before this one was read. Throws when the name is taken. */
export async function updateRunTaskRow(db: Db, sealer: Sealer, task: RunTask): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("tasks")
    .set(toColumns(sealer, task))
    .where("id", "=", task.id)
    .where("revision", "=", task.revision - 1)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function deleteRunTaskRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("tasks").where("id", "=", id).execute();
}

export async function findRunTask(db: Db, sealer: Sealer, id: string): Promise<RunTask | undefined> {
  const row = await selectTasks(db).where("tasks.id", "=", id).executeTakeFirst();
  return row && toRunTask(sealer, row);
}

export async function findRunTasks(db: Db, sealer: Sealer, ids: readonly string[]): Promise<RunTask[]> {
  if (ids.length === 0) return [];
  const rows = await selectTasks(db).where("tasks.id", "in", ids).execute();
  return rows.map((row) => toRunTask(sealer, row));
}

/** By name. Two statements. */
export async function listRunTaskRows(
  db: Db,
  sealer: Sealer,
  organizationId: string,
  page: Page,
): Promise<Paged<RunTask>> {
  const rows = await selectTasks(db)
    .where("tasks.organization_id", "=", organizationId)
    .orderBy("tasks.name")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await db
    .selectFrom("tasks")
    .select((e) => e.fn.countAll().as("total"))
    .where("organization_id", "=", organizationId)
    .executeTakeFirstOrThrow();
  return { items: rows.map((row) => toRunTask(sealer, row)), total: Number(total) };
}

/** The enabled tasks that every workspace of the organization uses. */
export async function listGlobalRunTasks(db: Db, sealer: Sealer, organizationId: string): Promise<RunTask[]> {
  const rows = await selectTasks(db)
    .where("tasks.organization_id", "=", organizationId)
    .where("tasks.enabled", "=", 1)
    .where("tasks.global_enabled", "=", 1)
    .orderBy("tasks.name")
    .execute();
  return rows.map((row) => toRunTask(sealer, row));
}
