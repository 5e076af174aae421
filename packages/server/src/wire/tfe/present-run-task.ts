import type { RunTask, WorkspaceTask } from "../../features/run-tasks/index.ts";
import { toMany, toOne, type Resource } from "./json-api.ts";

/** `uses`: where it is used, when somebody asked. The key of its signature is shown to nobody. */
export function presentRunTask(task: RunTask, uses: readonly WorkspaceTask[] | null): Resource {
  return {
    id: task.id,
    type: "tasks",
    attributes: {
      name: task.name,
      url: task.url,
      description: task.description,
      category: "task",
      "hmac-key": null,
      enabled: task.enabled,
      "global-configuration": {
        enabled: task.global.enabled,
        stages: task.global.stages,
        "enforcement-level": task.global.enforcementLevel,
      },
    },
    relationships: {
      organization: toOne("organizations", task.organizationName),
      "agent-pool": toOne("agent-pools", null),
      "workspace-tasks": {
        ...(uses === null
          ? {}
          : toMany(
              "workspace-tasks",
              uses.map((use) => use.id),
            )),
        links: { related: `/api/v2/tasks/${task.id}/relationships/workspace-tasks` },
      },
    },
    links: { self: `/api/v2/tasks/${task.id}` },
  };
}

/** `stage` is how older clients know the first of the stages. Source: go-tfe workspace_run_task.go. */
export function presentWorkspaceTask(task: WorkspaceTask): Resource {
  return {
    id: task.id,
    type: "workspace-tasks",
    attributes: { "enforcement-level": task.enforcementLevel, stage: task.stages[0], stages: task.stages },
    relationships: { task: toOne("tasks", task.taskId), workspace: toOne("workspaces", task.workspaceId) },
    links: { self: `/api/v2/workspaces/${task.workspaceId}/tasks/${task.id}` },
  };
}
