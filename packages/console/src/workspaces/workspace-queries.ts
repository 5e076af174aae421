import { queryOptions } from "@tanstack/react-query";
import type { WorkspaceDetail, WorkspaceSettingsChange } from "@ingot/server/console-api";
import { callApi } from "../api/client.ts";
import type { ResourceRef } from "../api/json-api.ts";
import type { WorkspaceResource } from "./workspace-resource.ts";
import type { WorkspaceSummary } from "../api/types.ts";

export type { WorkspaceDetail } from "@ingot/server/console-api";
export type ImageCheck = WorkspaceDetail["image_checks"][number];
export type WorkspacePatch = WorkspaceSettingsChange;

interface WorkspacePage {
  readonly workspaces: readonly WorkspaceSummary[];
  readonly next: string | null;
}

// As many as one page may have; whoever has more finds the rest by name.
const workspacesMax = 1000;

export function workspacesQuery(filter: { readonly q?: string | undefined; readonly status?: string | undefined }) {
  return queryOptions({
    queryKey: ["workspaces", "list", filter],
    queryFn: ({ signal }) =>
      callApi<WorkspacePage>("/api/v1/workspaces", { query: { ...filter, limit: workspacesMax }, signal }),
  });
}

export function workspaceQuery(id: string) {
  return queryOptions({
    queryKey: ["workspaces", "one", id],
    queryFn: ({ signal }) => callApi<WorkspaceDetail>(`/api/v1/workspaces/${encodeURIComponent(id)}`, { signal }),
  });
}

/** The id of the workspace of this name. Fails with 404 when there is none. */
export function workspaceIdQuery(organization: string, name: string) {
  return queryOptions({
    queryKey: ["workspaces", "id", organization, name],
    queryFn: async ({ signal }) => {
      const path = `/api/v2/organizations/${encodeURIComponent(organization)}/workspaces/${encodeURIComponent(name)}`;
      return (await callApi<{ readonly data: { readonly id: string } }>(path, { signal })).data.id;
    },
    staleTime: 300_000,
  });
}

export async function changeWorkspaceSettings(id: string, patch: WorkspacePatch): Promise<void> {
  await callApi(`/api/v1/workspaces/${encodeURIComponent(id)}/settings`, { method: "PATCH", body: patch });
}

export interface WorkspaceLock {
  readonly locked: boolean;
  readonly reason: string;
  readonly holder: string | null;
  readonly byRun: boolean;
  readonly canLock: boolean;
  readonly canUnlock: boolean;
  readonly canForceUnlock: boolean;
}

/** Who holds the workspace, and what the caller may do about it. */
export function lockOf(resource: WorkspaceResource): WorkspaceLock {
  const holder = resource.relationships?.["locked-by"]?.data as ResourceRef | null | undefined;
  const { permissions } = resource.attributes;
  return {
    locked: resource.attributes.locked,
    reason: resource.attributes["locked-reason"],
    holder: holder?.id ?? null,
    byRun: holder?.type === "runs",
    canLock: permissions["can-lock"] ?? false,
    canUnlock: permissions["can-unlock"] ?? false,
    canForceUnlock: permissions["can-force-unlock"] ?? false,
  };
}

export async function setLock(id: string, action: "lock" | "unlock" | "force-unlock", reason?: string): Promise<void> {
  await callApi(`/api/v2/workspaces/${encodeURIComponent(id)}/actions/${action}`, {
    method: "POST",
    contentType: "application/vnd.api+json",
    body: reason === undefined ? {} : { reason },
  });
}
