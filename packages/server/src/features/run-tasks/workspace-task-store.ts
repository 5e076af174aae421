import type { Selectable } from "kysely";
import type { Db } from "../../db/database.ts";
import type { WorkspaceTasks } from "../../db/schema.gen.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { StageKind } from "../runs/index.ts";
import type { TaskEnforcementLevel, WorkspaceTask } from "./run-task.ts";

function toWorkspaceTask(row: Selectable<WorkspaceTasks>): WorkspaceTask {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    taskId: row.task_id,
    enforcementLevel: row.enforcement_level as TaskEnforcementLevel,
    stages: JSON.parse(row.stages) as StageKind[],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns(task: WorkspaceTask) {
  return {
    enforcement_level: task.enforcementLevel,
    stages: JSON.stringify(task.stages),
    updated_at: task.updatedAt,
  };
}

/** False when the workspace uses this task already. */
export async function insertWorkspaceTask(db: Db, task: WorkspaceTask): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("workspace_tasks")
    .values({
      id: task.id,
      workspace_id: task.workspaceId,
      task_id: task.taskId,
      created_at: task.createdAt,
      ...toColumns(task),
    })
    .onConflict((c) => c.columns(["workspace_id", "task_id"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function saveWorkspaceTask(db: Db, task: WorkspaceTask): Promise<void> {
  await db.updateTable("workspace_tasks").set(toColumns(task)).where("id", "=", task.id).execute();
}

export async function deleteWorkspaceTaskRow(db: Db, id: string): Promise<void> {
  await db.deleteFrom("workspace_tasks").where("id", "=", id).execute();
}

export async function findWorkspaceTask(
  db: Db,
  key: { readonly workspaceId: string; readonly id: string },
): Promise<WorkspaceTask | undefined> {
  const row = await db
    .selectFrom("workspace_tasks")
    .selectAll()
    .where("id", "=", key.id)
    .where("workspace_id", "=", key.workspaceId)
    .executeTakeFirst();
  return row && toWorkspaceTask(row);
}

/** Of a workspace or of a task, in the order in which they were attached. Two statements. */
export async function pageWorkspaceTasks(
  db: Db,
  of: { readonly workspaceId: string } | { readonly taskId: string },
  page: Page,
): Promise<Paged<WorkspaceTask>> {
  const [column, id] = "taskId" in of ? (["task_id", of.taskId] as const) : (["workspace_id", of.workspaceId] as const);
  const rows = await db
    .selectFrom("workspace_tasks")
    .selectAll()
    .where(column, "=", id)
    .orderBy("created_at")
    .orderBy("id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await db
    .selectFrom("workspace_tasks")
    .select((e) => e.fn.countAll().as("total"))
    .where(column, "=", id)
    .executeTakeFirstOrThrow();
  return { items: rows.map(toWorkspaceTask), total: Number(total) };
}

/** Everything that a workspace uses, in the order in which it was attached. */
export async function listWorkspaceTasks(db: Db, workspaceId: string): Promise<WorkspaceTask[]> {
  const rows = await db
    .selectFrom("workspace_tasks")
    .selectAll()
    .where("workspace_id", "=", workspaceId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(toWorkspaceTask);
}

/** The first uses of each of these tasks, by task: enough to show. */
export async function listUsesOf(db: Db, taskIds: readonly string[], limit: number): Promise<WorkspaceTask[]> {
  if (taskIds.length === 0) return [];
  const rows = await db
    .selectFrom("workspace_tasks")
    .selectAll()
    .where("task_id", "in", taskIds)
    .orderBy("task_id")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(toWorkspaceTask);
}
