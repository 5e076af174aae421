import { queryOptions } from "@tanstack/react-query";
import { callTfe, pathOf, resourceBody, resourcePages, type Resource, type ResourceList } from "../../api/json-api.ts";
import { setLock } from "../workspace-queries.ts";
import type { WorkspaceResource } from "../workspace-resource.ts";

export interface StateAttributes {
  readonly serial: number;
  readonly status: string;
  readonly intermediate: boolean;
  readonly size: number;
  readonly "created-at": string;
  readonly "terraform-version": string | null;
  readonly "billable-rum-count": number | null;
  readonly "hosted-state-download-url": string | null;
}

export type StateVersion = Resource<StateAttributes>;

/** The states of a workspace, the newest first. */
export function statesQuery(organization: string, workspace: string) {
  return resourcePages<StateAttributes>(["states", "list", organization, workspace], "state-versions", {
    "filter[organization][name]": organization,
    "filter[workspace][name]": workspace,
  });
}

export interface OutputAttributes {
  readonly name: string;
  readonly sensitive: boolean;
  readonly type: string;
  readonly value: unknown;
}

/** The outputs of the current state; sensitive values are not among them. */
export function outputsQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["states", "outputs", workspaceId],
    queryFn: async ({ signal }) =>
      (
        await callTfe<ResourceList<OutputAttributes>>(
          `${pathOf("workspaces", workspaceId)}/current-state-version-outputs`,
          { signal },
        )
      ).data,
  });
}

/**
 * Makes an older state the current one again. The server wants the caller to hold the workspace: a free one is locked for
 * it and freed again. Fails with 409 when somebody else holds it.
 */
export async function rollBack(workspace: WorkspaceResource, stateId: string): Promise<void> {
  const wasFree = !workspace.attributes.locked;
  if (wasFree) await setLock(workspace.id, "lock", "An older state is made current in the console.");
  try {
    await callTfe(`${pathOf("workspaces", workspace.id)}/state-versions`, {
      method: "PATCH",
      body: resourceBody(
        "state-versions",
        {},
        { "rollback-state-version": { data: { type: "state-versions", id: stateId } } },
      ),
    });
  } finally {
    if (wasFree) await setLock(workspace.id, "unlock");
  }
}
