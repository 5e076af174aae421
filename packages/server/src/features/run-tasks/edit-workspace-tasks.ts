import { newExternalId } from "../../platform/ids.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import type { Actor } from "../access/index.ts";
import type { StageKind } from "../runs/index.ts";
import { findWorkspace, visibleWorkspace } from "../workspaces/index.ts";
import type { RunTaskDeps } from "./edit-run-tasks.ts";
import { findRunTask } from "./run-task-store.ts";
import { checkStages, workspaceTaskNotFound, type TaskEnforcementLevel, type WorkspaceTask } from "./run-task.ts";
import {
  deleteWorkspaceTaskRow,
  findWorkspaceTask,
  insertWorkspaceTask,
  pageWorkspaceTasks,
  saveWorkspaceTask,
} from "./workspace-task-store.ts";

type Deps = Pick<RunTaskDeps, "db" | "sealer" | "now">;

export interface WorkspaceTaskChange {
  readonly enforcementLevel?: TaskEnforcementLevel;
  readonly stages?: readonly StageKind[];
}

/** Errors: not_found/workspace_not_found. */
export async function listTasksOfWorkspace(
  deps: Deps,
  actor: Actor,
  workspaceId: string,
  page: Page,
): Promise<Paged<WorkspaceTask>> {
  visibleWorkspace(actor, await findWorkspace(deps.db, workspaceId));
  return pageWorkspaceTasks(deps.db, { workspaceId }, page);
}

/** Errors: not_found/workspace_not_found, not_found/workspace_task_not_found. */
export async function getWorkspaceTask(
  deps: Deps,
  actor: Actor,
  workspaceId: string,
  id: string,
): Promise<WorkspaceTask> {
  visibleWorkspace(actor, await findWorkspace(deps.db, workspaceId));
  const task = await findWorkspaceTask(deps.db, { workspaceId, id });
  if (task === undefined) throw workspaceTaskNotFound();
  return task;
}

/**
 * Lets a workspace's runs ask a run task of its organization: those that are made from now on. Errors:
 * not_found/workspace_not_found, invalid/run_task_missing, invalid/run_task_attached, invalid/run_task_stages.
 */
export async function attachTask(
  deps: Deps,
  actor: Actor,
  workspaceId: string,
  input: WorkspaceTaskChange & { readonly taskId: string; readonly enforcementLevel: TaskEnforcementLevel },
): Promise<WorkspaceTask> {
  const workspace = visibleWorkspace(actor, await findWorkspace(deps.db, workspaceId));
  const { stages = ["post_plan"], taskId, enforcementLevel } = input;
  checkStages(stages);
  const task = await findRunTask(deps.db, deps.sealer, taskId);
  if (task === undefined || task.organizationId !== workspace.organizationId) {
    throw new DomainError("invalid", "run_task_missing", "Task must exist: the organization has no such run task.");
  }
  const now = deps.now();
  const attached: WorkspaceTask = {
    id: newExternalId("wstask"),
    workspaceId,
    taskId,
    enforcementLevel,
    stages,
    createdAt: now,
    updatedAt: now,
  };
  if (!(await insertWorkspaceTask(deps.db, attached))) {
    throw new DomainError("invalid", "run_task_attached", "Task has already been taken: the workspace uses it.");
  }
  return attached;
}

/** Errors: not_found/workspace_not_found, not_found/workspace_task_not_found, invalid/run_task_stages. */
export async function updateWorkspaceTask(
  deps: Deps,
  actor: Actor,
  workspaceId: string,
  id: string,
  change: WorkspaceTaskChange,
): Promise<WorkspaceTask> {
  const before = await getWorkspaceTask(deps, actor, workspaceId, id);
  const task: WorkspaceTask = { ...before, ...change, updatedAt: deps.now() };
  checkStages(task.stages);
  await saveWorkspaceTask(deps.db, task);
  return task;
}

/** Runs that were made before still ask. Errors: not_found/workspace_not_found, not_found/workspace_task_not_found. */
export async function detachTask(deps: Deps, actor: Actor, workspaceId: string, id: string): Promise<void> {
  await getWorkspaceTask(deps, actor, workspaceId, id);
  await deleteWorkspaceTaskRow(deps.db, id);
}
