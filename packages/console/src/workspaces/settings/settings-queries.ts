import { queryOptions } from "@tanstack/react-query";
import { callTfe, pathOf, resourceBody, resourcePages, type ResourceList } from "../../api/json-api.ts";
import type { WorkspaceRef } from "../../api/types.ts";
import type { StageKind } from "../../runs/stages/stage-words.ts";
import type { WorkspaceAttributes } from "../workspace-resource.ts";
import type { Tag } from "./tag-text.ts";

/** The tags of a workspace, those of its project among them. */
export function tagsQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["workspaces", "tags", workspaceId],
    queryFn: async ({ signal }) => {
      const path = pathOf("workspaces", workspaceId);
      const [own, effective] = await Promise.all([
        callTfe<ResourceList<Tag>>(`${path}/tag-bindings`, { signal }),
        callTfe<ResourceList<Tag>>(`${path}/effective-tag-bindings`, { signal }),
      ]);
      const keys = new Set(own.data.map(({ attributes }) => attributes.key));
      return {
        own: own.data.map(({ attributes }) => attributes),
        inherited: effective.data.map(({ attributes }) => attributes).filter(({ key }) => !keys.has(key)),
      };
    },
  });
}

/** As many as are shown and changed here; more are for the API. */
const consumersMax = 100;

/** The workspaces that may read the state of this one by name. */
export function consumersQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["workspaces", "consumers", workspaceId],
    queryFn: async ({ signal }) => {
      const list = await callTfe<ResourceList<WorkspaceAttributes>>(
        `${pathOf("workspaces", workspaceId)}/relationships/remote-state-consumers`,
        { query: { "page[size]": consumersMax }, signal },
      );
      return {
        shown: list.data.map(({ id, attributes }): WorkspaceRef => ({ id, name: attributes.name })),
        total: list.meta?.pagination?.["total-count"] ?? list.data.length,
      };
    },
  });
}

/** Adds and removes what differs, so that consumers that are not shown stay. */
export async function changeConsumers(
  workspaceId: string,
  before: readonly WorkspaceRef[],
  after: readonly WorkspaceRef[],
): Promise<void> {
  const path = `${pathOf("workspaces", workspaceId)}/relationships/remote-state-consumers`;
  const stubs = (list: readonly WorkspaceRef[], others: readonly WorkspaceRef[]) =>
    list.filter(({ id }) => !others.some((other) => other.id === id)).map(({ id }) => ({ type: "workspaces", id }));
  const [added, removed] = [stubs(after, before), stubs(before, after)];
  if (added.length > 0) await callTfe(path, { method: "POST", body: { data: added } });
  if (removed.length > 0) await callTfe(path, { method: "DELETE", body: { data: removed } });
}

export interface TriggerAttributes {
  readonly "sourceable-name": string;
  readonly "workspace-name": string;
}

/** `inbound`: what starts runs here; `outbound`: where runs are started by applies of this one. */
export function triggersQuery(workspaceId: string, direction: "inbound" | "outbound") {
  return resourcePages<TriggerAttributes>(
    ["workspaces", "run-triggers", workspaceId, direction],
    `${pathOf("workspaces", workspaceId)}/run-triggers`,
    { "filter[run-trigger][type]": direction },
  );
}

export async function addTrigger(workspaceId: string, sourceId: string): Promise<void> {
  await callTfe(`${pathOf("workspaces", workspaceId)}/run-triggers`, {
    method: "POST",
    body: resourceBody("run-triggers", {}, { sourceable: { data: { type: "workspaces", id: sourceId } } }),
  });
}

export async function removeTrigger(id: string): Promise<void> {
  await callTfe(pathOf("run-triggers", id), { method: "DELETE" });
}

export interface WorkspaceTaskAttributes {
  readonly "enforcement-level": "advisory" | "mandatory";
  readonly stages: readonly StageKind[];
}

export function workspaceTasksQuery(workspaceId: string) {
  return resourcePages<WorkspaceTaskAttributes>(
    ["run-tasks", "workspace", workspaceId],
    `${pathOf("workspaces", workspaceId)}/tasks`,
  );
}

/** `taskId`: attaches it; `id`: changes how it is attached. */
export async function saveWorkspaceTask(
  workspaceId: string,
  which: { readonly id: string } | { readonly taskId: string },
  attributes: WorkspaceTaskAttributes,
): Promise<void> {
  const collection = `${pathOf("workspaces", workspaceId)}/tasks`;
  if ("id" in which) {
    const body = resourceBody("workspace-tasks", { ...attributes });
    await callTfe(`${collection}/${pathOf(which.id)}`, { method: "PATCH", body });
    return;
  }
  const task = { data: { type: "tasks", id: which.taskId } };
  await callTfe(collection, { method: "POST", body: resourceBody("workspace-tasks", { ...attributes }, { task }) });
}

export async function detachTask(workspaceId: string, id: string): Promise<void> {
  await callTfe(pathOf("workspaces", workspaceId, "tasks", id), { method: "DELETE" });
}

/** Null: none. */
export async function assignKey(workspaceId: string, keyId: string | null): Promise<void> {
  await callTfe(`${pathOf("workspaces", workspaceId)}/relationships/ssh-key`, {
    method: "PATCH",
    body: resourceBody("workspaces", { id: keyId }),
  });
}

/** `safe`: refused while it manages anything. */
export async function deleteWorkspace(workspaceId: string, safe: boolean): Promise<void> {
  const path = pathOf("workspaces", workspaceId);
  if (safe) await callTfe(`${path}/actions/safe-delete`, { method: "POST", body: {} });
  else await callTfe(path, { method: "DELETE" });
}
