import {
  attachTask,
  detachTask,
  getWorkspaceTask,
  listTasksOfWorkspace,
  updateWorkspaceTask,
  type TaskEnforcementLevel,
  type WorkspaceTaskChange,
} from "../../features/run-tasks/index.ts";
import type { StageKind } from "../../features/runs/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import {
  attributesOf,
  document,
  maybe,
  pageDocument,
  pageOf,
  param,
  relatedId,
  relationTo,
  resourceBody,
} from "./json-api.ts";
import { presentWorkspaceTask } from "./present-run-task.ts";
import { enforcementWord, stageWord, stageWords } from "./run-task-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const attributes = {
  "enforcement-level": maybe(enforcementWord),
  stage: maybe(stageWord),
  stages: maybe(stageWords),
};
const CreateBody = resourceBody("workspace-tasks", attributes, { task: relationTo("tasks") });
const UpdateBody = resourceBody("workspace-tasks", attributes);

interface WorkspaceTaskAttributes {
  readonly "enforcement-level": TaskEnforcementLevel;
  readonly stage: StageKind;
  readonly stages: readonly StageKind[];
}

/** The run tasks that a workspace uses. Source: go-tfe workspace_run_task.go. */
export function workspaceTaskRoutes(deps: TfeDeps): Route[] {
  const collection = "/workspaces/:workspace_id/tasks";
  const one = `${collection}/:workspace_task_id`;
  const ids = (call: Call) => [param(call, "workspace_id"), param(call, "workspace_task_id")] as const;
  return [
    {
      method: "GET",
      path: collection,
      needs: "workspace:read",
      audit: "workspace-task.list",
      handle: async (call) => {
        const page = pageOf(call);
        const paged = await listTasksOfWorkspace(deps, call.actor, param(call, "workspace_id"), page);
        return pageDocument(page, paged, presentWorkspaceTask);
      },
    },
    {
      method: "POST",
      path: collection,
      needs: "workspace:manage-tasks",
      audit: "workspace-task.create",
      body: CreateBody,
      handle: async (call) => {
        const taskId = relatedId(call, "task");
        if (taskId === undefined) {
          throw new DomainError("invalid", "run_task_missing", "The relationship `task` is missing.");
        }
        const { enforcementLevel = "advisory", ...change } = changeOf(call);
        const input = { ...change, enforcementLevel, taskId };
        const task = await attachTask(deps, call.actor, param(call, "workspace_id"), input);
        return document(presentWorkspaceTask(task), [], 201);
      },
    },
    {
      method: "GET",
      path: one,
      needs: "workspace:read",
      audit: "workspace-task.read",
      handle: async (call) => document(presentWorkspaceTask(await getWorkspaceTask(deps, call.actor, ...ids(call)))),
    },
    {
      method: "PATCH",
      path: one,
      needs: "workspace:manage-tasks",
      audit: "workspace-task.update",
      body: UpdateBody,
      handle: async (call) =>
        document(presentWorkspaceTask(await updateWorkspaceTask(deps, call.actor, ...ids(call), changeOf(call)))),
    },
    {
      method: "DELETE",
      path: one,
      needs: "workspace:manage-tasks",
      audit: "workspace-task.delete",
      handle: async (call) => {
        await detachTask(deps, call.actor, ...ids(call));
        return { status: 204 };
      },
    },
  ];
}

/** `stage` is what older clients send for `stages`. */
function changeOf(call: Call): WorkspaceTaskChange {
  const given = attributesOf<WorkspaceTaskAttributes>(call);
  const stages = given.stages ?? (given.stage === undefined ? undefined : [given.stage]);
  const enforcementLevel = given["enforcement-level"];
  return {
    ...(stages === undefined ? {} : { stages }),
    ...(enforcementLevel === undefined ? {} : { enforcementLevel }),
  };
}
