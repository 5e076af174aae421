import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { RunTaskCalls, RunTasks } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { RunTask, RunTaskCall, UntrackedBehaviour } from "./run-task.ts";

function keyContext(projectId: string): string {
  return `run-task-key:${projectId}`;
}

function tokenContext(callId: string): string {
  return `run-task-token:${callId}`;
}

function toRunTask(sealer: Sealer, row: Selectable<RunTasks>): RunTask {
  return {
    projectId: row.project_id,
    apiId: row.api_id,
    hmacKey: openText(sealer, row.sealed_hmac_key, keyContext(row.project_id)),
    onUntrackedImage: row.on_untracked_image as UntrackedBehaviour,
  };
}

/** Nothing happens when the registry has one already. */
export async function insertRunTask(db: Db, sealer: Sealer, runTask: RunTask, now: Millis): Promise<void> {
  await db
    .insertInto("run_tasks")
    .values({
      project_id: runTask.projectId,
      api_id: runTask.apiId,
      sealed_hmac_key: sealText(sealer, runTask.hmacKey, keyContext(runTask.projectId)),
      on_untracked_image: runTask.onUntrackedImage,
      created_at: now,
      updated_at: now,
    })
    .onConflict((c) => c.column("project_id").doNothing())
    .execute();
}

export async function updateRunTask(
  db: Db,
  sealer: Sealer,
  projectId: string,
  change: Partial<Pick<RunTask, "hmacKey" | "onUntrackedImage">>,
  now: Millis,
): Promise<void> {
  const { hmacKey, onUntrackedImage } = change;
  await db
    .updateTable("run_tasks")
    .set({
      updated_at: now,
      ...(hmacKey === undefined ? {} : { sealed_hmac_key: sealText(sealer, hmacKey, keyContext(projectId)) }),
      ...(onUntrackedImage === undefined ? {} : { on_untracked_image: onUntrackedImage }),
    })
    .where("project_id", "=", projectId)
    .execute();
}

export async function findRunTask(db: Db, sealer: Sealer, projectId: string): Promise<RunTask | undefined> {
  const row = await db.selectFrom("run_tasks").selectAll().where("project_id", "=", projectId).executeTakeFirst();
  return row && toRunTask(sealer, row);
}

export async function findRunTaskByApiId(db: Db, sealer: Sealer, apiId: string): Promise<RunTask | undefined> {
  const row = await db.selectFrom("run_tasks").selectAll().where("api_id", "=", apiId).executeTakeFirst();
  return row && toRunTask(sealer, row);
}

/** False when the service has asked for this result before. */
export async function insertCall(
  tx: Tx,
  sealer: Sealer,
  call: RunTaskCall & { readonly accessToken: string },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("run_task_calls")
    .values({
      id: call.id,
      project_id: call.projectId,
      task_result_id: call.taskResultId,
      stage: call.stage,
      callback_url: call.callbackUrl,
      plan_json_url: call.planJsonUrl,
      takes_outcomes: call.takesOutcomes ? 1 : 0,
      sealed_access_token: sealText(sealer, call.accessToken, tokenContext(call.id)),
      created_at: call.createdAt,
      answered_at: null,
    })
    .onConflict((c) => c.columns(["project_id", "task_result_id"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findCall(db: Db, sealer: Sealer, id: string): Promise<RunTaskCall | undefined> {
  const row = await db.selectFrom("run_task_calls").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toCall(sealer, row);
}

function toCall(sealer: Sealer, row: Selectable<RunTaskCalls>): RunTaskCall {
  const { id, sealed_access_token: sealed } = row;
  return {
    id,
    projectId: row.project_id,
    taskResultId: row.task_result_id,
    stage: row.stage,
    callbackUrl: row.callback_url,
    planJsonUrl: row.plan_json_url,
    takesOutcomes: row.takes_outcomes === 1,
    accessToken: sealed === null ? null : openText(sealer, sealed, tokenContext(id)),
    createdAt: row.created_at,
    answeredAt: row.answered_at,
  };
}

/** The token is forgotten with it. */
export async function markAnswered(db: Db, id: string, now: Millis): Promise<void> {
  await db
    .updateTable("run_task_calls")
    .set({ answered_at: now, sealed_access_token: null })
    .where("id", "=", id)
    .execute();
}

export async function deleteCallsBefore(db: Db, before: Millis): Promise<void> {
  await db.deleteFrom("run_task_calls").where("created_at", "<", before).execute();
}
