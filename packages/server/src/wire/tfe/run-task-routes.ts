import { Type } from "typebox";
import {
  createRunTask,
  deleteRunTask,
  getRunTask,
  listRunTasks,
  listUsesOf,
  pageWorkspaceTasks,
  taskEnforcementLevels,
  updateRunTask,
  type RunTask,
  type RunTaskChange,
  type TaskEnforcementLevel,
} from "../../features/run-tasks/index.ts";
import { stageKinds, type StageKind } from "../../features/runs/index.ts";
import { findWorkspace } from "../../features/workspaces/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import {
  attributesOf,
  document,
  includes,
  maybe,
  pageDocument,
  pageOf,
  param,
  relatedId,
  resourceBody,
  type Resource,
} from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import { presentRunTask, presentWorkspaceTask } from "./present-run-task.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { loadWorkspaces } from "./workspace-resources.ts";

export const stageWord = Type.Union(stageKinds.map((kind) => Type.Literal(kind)));
export const stageWords = Type.Array(stageWord, { maxItems: 8 });
export const enforcementWord = Type.Union(taskEnforcementLevels.map((level) => Type.Literal(level)));

const attributes = {
  name: maybe(Type.String({ maxLength: 255 })),
  url: maybe(Type.String({ maxLength: 4096 })),
  description: maybe(Type.String({ maxLength: 4096 })),
  category: maybe(Type.String({ maxLength: 64 })),
  "hmac-key": maybe(Type.String({ maxLength: 8192 })),
  enabled: maybe(Type.Boolean()),
  "global-configuration": maybe(
    Type.Object({
      enabled: maybe(Type.Boolean()),
      stages: maybe(stageWords),
      "enforcement-level": maybe(enforcementWord),
    }),
  ),
};
const Body = resourceBody("tasks", attributes, {
  "agent-pool": maybe(Type.Object({ data: maybe(Type.Object({ id: Type.String({ maxLength: 255 }) })) })),
});

interface TaskAttributes {
  readonly name: string;
  readonly url: string;
  readonly description: string;
  readonly category: string;
  readonly "hmac-key": string;
  readonly enabled: boolean;
  readonly "global-configuration": {
    readonly enabled?: boolean | null;
    readonly stages?: readonly StageKind[] | null;
    readonly "enforcement-level"?: TaskEnforcementLevel | null;
  };
}

// Uses of a task that are shown with it; the rest has a list of its own.
const usesShownMax = 1000;

/** Run tasks of an organization. Source: go-tfe run_task.go; the published API, run tasks. */
export function runTaskRoutes(deps: TfeDeps): Route[] {
  const idOf = (call: Call): string => param(call, "task_id");
  return [
    {
      method: "GET",
      path: "/organizations/:organization/tasks",
      needs: "run-task:read",
      audit: "run-task.list",
      handle: async (call) => {
        const { id } = await checkOrganization(deps.db, call);
        const page = pageOf(call);
        const { items, total } = await listRunTasks(deps, call.actor, id, page);
        const { resources, included } = await resourcesOf(deps, call, items);
        return pageDocument(page, { items: resources, total }, (task) => task, included);
      },
    },
    {
      method: "POST",
      path: "/organizations/:organization/tasks",
      needs: "run-task:write",
      audit: "run-task.create",
      body: Body,
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        const { name = "", url = "", ...change } = changeOf(call);
        return reply(deps, call, await createRunTask(deps, call.actor, organization, { ...change, name, url }), 201);
      },
    },
    {
      method: "GET",
      path: "/tasks/:task_id",
      needs: "run-task:read",
      audit: "run-task.read",
      handle: async (call) => reply(deps, call, await getRunTask(deps, call.actor, idOf(call))),
    },
    {
      method: "PATCH",
      path: "/tasks/:task_id",
      needs: "run-task:write",
      audit: "run-task.update",
      body: Body,
      handle: async (call) => reply(deps, call, await updateRunTask(deps, call.actor, idOf(call), changeOf(call))),
    },
    {
      method: "DELETE",
      path: "/tasks/:task_id",
      needs: "run-task:write",
      audit: "run-task.delete",
      handle: async (call) => {
        await deleteRunTask(deps, call.actor, idOf(call));
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: "/tasks/:task_id/relationships/workspace-tasks",
      needs: "run-task:read",
      audit: "run-task.list-uses",
      handle: async (call) => {
        const task = await getRunTask(deps, call.actor, idOf(call));
        const page = pageOf(call);
        const paged = await pageWorkspaceTasks(deps.db, { taskId: task.id }, page);
        return pageDocument(page, paged, presentWorkspaceTask);
      },
    },
  ];
}

async function reply(deps: TfeDeps, call: Call, task: RunTask, status = 200): Promise<Reply> {
  const { resources, included } = await resourcesOf(deps, call, [task]);
  return document(resources[0] as Resource, included, status);
}

async function resourcesOf(
  deps: TfeDeps,
  call: Call,
  tasks: readonly RunTask[],
): Promise<{ readonly resources: Resource[]; readonly included: Resource[] }> {
  const wanted = includes(call);
  const withWorkspaces = wanted.has("workspace_tasks.workspace");
  const withUses = withWorkspaces || wanted.has("workspace_tasks");
  const ids = tasks.map((task) => task.id);
  const uses = withUses ? await listUsesOf(deps.db, ids, usesShownMax) : [];
  const included = uses.map(presentWorkspaceTask);
  if (withWorkspaces) {
    const workspaces = [];
    for (const id of new Set(uses.map((use) => use.workspaceId))) {
      const workspace = await findWorkspace(deps.db, id);
      if (workspace !== undefined) workspaces.push(workspace);
    }
    included.push(...(await loadWorkspaces(deps.db, workspaces, call.actor)));
  }
  const resources = tasks.map((task) =>
    presentRunTask(task, withUses ? uses.filter((use) => use.taskId === task.id) : null),
  );
  return { resources, included };
}

/** Errors: invalid/run_task_category, invalid/run_task_agent_pool. */
function changeOf(call: Call): RunTaskChange {
  const given = attributesOf<TaskAttributes>(call);
  const { name, url, description, enabled, "hmac-key": hmacKey, "global-configuration": global } = given;
  if (given.category !== undefined && given.category !== "task") {
    throw new DomainError("invalid", "run_task_category", "Category must be `task`.");
  }
  if (relatedId(call, "agent-pool") !== undefined) {
    throw new DomainError(
      "invalid",
      "run_task_agent_pool",
      "The provided agent pool does not exist, or does not forward requests: this server calls run tasks itself. Leave the agent pool out.",
    );
  }
  return {
    ...(name === undefined ? {} : { name }),
    ...(url === undefined ? {} : { url }),
    ...(description === undefined ? {} : { description }),
    ...(hmacKey === undefined ? {} : { hmacKey: hmacKey === "" ? null : hmacKey }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(global === undefined ? {} : { global: globalOf(global) }),
  };
}

function globalOf(given: TaskAttributes["global-configuration"]): NonNullable<RunTaskChange["global"]> {
  const { enabled, stages, "enforcement-level": enforcementLevel } = given;
  return {
    ...(enabled == null ? {} : { enabled }),
    ...(stages == null ? {} : { stages }),
    ...(enforcementLevel == null ? {} : { enforcementLevel }),
  };
}
