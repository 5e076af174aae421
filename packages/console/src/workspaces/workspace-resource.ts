import { queryOptions } from "@tanstack/react-query";
import { callTfe, pathOf, resourceBody, type Resource, type ResourceDocument } from "../api/json-api.ts";

export type ExecutionMode = "remote" | "local" | "agent";

/** What the Terraform API says of a workspace beyond `/api/v1`: its settings, and what the caller may do. */
export interface WorkspaceAttributes {
  readonly name: string;
  readonly description: string | null;
  readonly locked: boolean;
  readonly "locked-reason": string;
  readonly "execution-mode": ExecutionMode;
  readonly "setting-overwrites": { readonly "execution-mode": boolean };
  readonly engine: "tofu" | "terraform" | null;
  readonly "terraform-version": string;
  readonly "working-directory": string | null;
  readonly "auto-apply": boolean;
  readonly "auto-apply-run-trigger": boolean;
  readonly "allow-destroy-plan": boolean;
  readonly "speculative-enabled": boolean;
  readonly "queue-all-runs": boolean;
  readonly "global-remote-state": boolean;
  readonly "project-remote-state": boolean;
  readonly "auto-destroy-at": string | null;
  readonly "auto-destroy-activity-duration": string | null;
  readonly "inherits-project-auto-destroy": boolean;
  readonly permissions: Readonly<Record<string, boolean>>;
}

export type WorkspaceResource = Resource<WorkspaceAttributes>;

export function workspaceResourceQuery(id: string) {
  return queryOptions({
    queryKey: ["workspaces", "resource", id],
    queryFn: async ({ signal }) =>
      (await callTfe<ResourceDocument<WorkspaceAttributes>>(pathOf("workspaces", id), { signal })).data,
  });
}

/** Changes what is given and keeps the rest. Fails with 422 and the name of what was refused. */
export async function changeWorkspace(
  id: string,
  attributes: Readonly<Record<string, unknown>>,
  relationships?: Readonly<Record<string, { readonly data: unknown }>>,
): Promise<void> {
  await callTfe(pathOf("workspaces", id), {
    method: "PATCH",
    body: resourceBody("workspaces", attributes, relationships),
  });
}
