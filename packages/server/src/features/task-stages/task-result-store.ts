import type { Selectable } from "kysely";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { TaskResults } from "../../db/schema.gen.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { TaskEnforcementLevel } from "../run-tasks/index.ts";
import type { TaskResult, TaskResultStatus } from "./task-result.ts";

function contextOf(id: string): string {
  return `task-result-url:${id}`;
}

function toResult(sealer: Sealer, row: Selectable<TaskResults>): TaskResult {
  return {
    id: row.id,
    stageId: row.task_stage_id,
    taskId: row.task_id,
    workspaceTaskId: row.workspace_task_id,
    taskName: row.task_name,
    taskUrl: openText(sealer, row.sealed_task_url, contextOf(row.id)),
    enforcementLevel: row.enforcement_level as TaskEnforcementLevel,
    isSpeculative: row.is_speculative === 1,
    status: row.status as TaskResultStatus,
    statusTimes: JSON.parse(row.status_times) as TaskResult["statusTimes"],
    message: row.message,
    url: row.url,
    callbackId: row.callback_id,
    attempts: row.attempts,
    startedAt: row.started_at,
    progressAt: row.progress_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What may change in the life of a result. */
function toColumns(result: TaskResult) {
  return {
    status: result.status,
    status_times: JSON.stringify(result.statusTimes),
    message: result.message,
    url: result.url,
    attempts: result.attempts,
    started_at: result.startedAt,
    progress_at: result.progressAt,
    updated_at: result.updatedAt,
  };
}

export async function insertResult(tx: Tx, sealer: Sealer, result: TaskResult): Promise<void> {
  await tx
    .insertInto("task_results")
    .values({
      id: result.id,
      task_stage_id: result.stageId,
      task_id: result.taskId,
      workspace_task_id: result.workspaceTaskId,
      task_name: result.taskName,
      sealed_task_url: sealText(sealer, result.taskUrl, contextOf(result.id)),
      enforcement_level: result.enforcementLevel,
      is_speculative: result.isSpeculative ? 1 : 0,
      callback_id: result.callbackId,
      created_at: result.createdAt,
      ...toColumns(result),
    })
    .execute();
}

/** Writes what may change: the caller has locked the run. */
export async function saveResult(tx: Tx, result: TaskResult): Promise<void> {
  await tx.updateTable("task_results").set(toColumns(result)).where("id", "=", result.id).execute();
}

export async function findResult(db: Db, sealer: Sealer, id: string): Promise<TaskResult | undefined> {
  const row = await db.selectFrom("task_results").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toResult(sealer, row);
}

/** Locks the result until the transaction ends. */
export async function lockResult(tx: Tx, sealer: Sealer, id: string): Promise<TaskResult | undefined> {
  const row = await tx
    .selectFrom("task_results")
    .selectAll()
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && toResult(sealer, row);
}

export async function findResultByCallback(
  db: Db,
  sealer: Sealer,
  callbackId: string,
): Promise<TaskResult | undefined> {
  const row = await db.selectFrom("task_results").selectAll().where("callback_id", "=", callbackId).executeTakeFirst();
  return row && toResult(sealer, row);
}

/** The results of several stages, each stage's in the order in which they were made. */
export async function listResults(db: Db, sealer: Sealer, stageIds: readonly string[]): Promise<TaskResult[]> {
  if (stageIds.length === 0) return [];
  const rows = await db
    .selectFrom("task_results")
    .selectAll()
    .where("task_stage_id", "in", stageIds)
    .orderBy("created_at")
    .orderBy("task_name")
    .orderBy("id")
    .execute();
  return rows.map((row) => toResult(sealer, row));
}
