import { queryOptions } from "@tanstack/react-query";
import { callTfe, pathOf, type ResourceDocument } from "../api/json-api.ts";

/** What the Terraform API says of a run beyond `/api/v1`: what was asked for, and what the caller may do. */
export interface RunOptions {
  readonly refresh: boolean;
  readonly "save-plan": boolean;
  readonly "allow-empty-apply": boolean;
  readonly "debugging-mode": boolean;
  readonly "target-addrs": readonly string[] | null;
  readonly "replace-addrs": readonly string[] | null;
  readonly "invoke-action-addrs": readonly string[] | null;
  readonly variables: readonly { readonly key: string; readonly value: string }[];
  readonly "position-in-queue": number;
  readonly permissions: { readonly "can-comment": boolean; readonly "can-force-execute": boolean };
}

export function runOptionsQuery(id: string) {
  return queryOptions({
    queryKey: ["runs", "options", id],
    queryFn: async ({ signal }) =>
      (await callTfe<ResourceDocument<RunOptions>>(pathOf("runs", id), { signal })).data.attributes,
  });
}
