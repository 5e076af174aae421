import { callTfe, pathOf, resourceBody, resourcePages, type Resource } from "../api/json-api.ts";
import type { StageKind } from "../runs/stages/stage-words.ts";

export interface RunTaskAttributes {
  readonly name: string;
  readonly url: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly "global-configuration": {
    readonly enabled: boolean;
    readonly stages: readonly StageKind[];
    readonly "enforcement-level": "advisory" | "mandatory";
  };
}

export type RunTask = Resource<RunTaskAttributes>;

export function runTasksQuery(organization: string) {
  return resourcePages<RunTaskAttributes>(
    ["run-tasks", "list", organization],
    `${pathOf("organizations", organization)}/tasks`,
  );
}

/** `hmac-key` left out keeps the one that is set; the empty text takes it away. */
export type RunTaskInput = Partial<RunTaskAttributes> & { readonly "hmac-key"?: string };

/** Calls the service once to see whether it answers. Fails with 422 and what it said. */
export async function saveRunTask(organization: string, id: string | undefined, input: RunTaskInput): Promise<void> {
  await callTfe(id === undefined ? `${pathOf("organizations", organization)}/tasks` : pathOf("tasks", id), {
    method: id === undefined ? "POST" : "PATCH",
    body: resourceBody("tasks", { ...input, ...(id === undefined ? { category: "task" } : {}) }),
  });
}

export async function deleteRunTask(id: string): Promise<void> {
  await callTfe(pathOf("tasks", id), { method: "DELETE" });
}
