import type { Selectable } from "kysely";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { TaskStages } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import { stageKinds, type StageKind, type StageStatus, type TaskStage } from "./task-stage.ts";

function toStage(row: Selectable<TaskStages>): TaskStage {
  return {
    id: row.id,
    runId: row.run_id,
    kind: row.kind as StageKind,
    status: row.status as StageStatus,
    statusTimes: JSON.parse(row.status_times) as TaskStage["statusTimes"],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Gives a run that is being made a stage at this point; it has at most one there. */
export async function insertStage(tx: Tx, runId: string, kind: StageKind, now: Millis): Promise<TaskStage> {
  const stage: TaskStage = {
    id: newExternalId("ts"),
    runId,
    kind,
    status: "pending",
    statusTimes: { pending: now },
    createdAt: now,
    updatedAt: now,
  };
  await tx
    .insertInto("task_stages")
    .values({
      id: stage.id,
      run_id: runId,
      kind,
      status: stage.status,
      status_times: JSON.stringify(stage.statusTimes),
      created_at: now,
      updated_at: now,
    })
    .execute();
  return stage;
}

/** The stage in its next status, saved. The caller has locked its run. */
export async function saveStageStatus(tx: Tx, stage: TaskStage, status: StageStatus, now: Millis): Promise<TaskStage> {
  const next: TaskStage = { ...stage, status, statusTimes: { ...stage.statusTimes, [status]: now }, updatedAt: now };
  await tx
    .updateTable("task_stages")
    .set({ status, status_times: JSON.stringify(next.statusTimes), updated_at: now })
    .where("id", "=", stage.id)
    .execute();
  return next;
}

export async function findStage(db: Db, id: string): Promise<TaskStage | undefined> {
  const row = await db.selectFrom("task_stages").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toStage(row);
}

export async function lockStage(tx: Tx, id: string): Promise<TaskStage | undefined> {
  const row = await tx
    .selectFrom("task_stages")
    .selectAll()
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && toStage(row);
}

/** The stages of several runs, each run's in the order in which it passes them. */
export async function listStages(db: Db, runIds: readonly string[]): Promise<TaskStage[]> {
  if (runIds.length === 0) return [];
  const rows = await db.selectFrom("task_stages").selectAll().where("run_id", "in", runIds).execute();
  const order = (stage: TaskStage): number => stageKinds.indexOf(stage.kind);
  return rows.map(toStage).sort((a, b) => order(a) - order(b));
}
