import { queryOptions } from "@tanstack/react-query";
import { callTfe, pathOf, type ResourceDocument } from "../api/json-api.ts";
import type { WorkspaceRef } from "../api/types.ts";

// Each costs a request; whoever has more sees ids.
const namedMax = 30;

/** The names of workspaces of which only the ids are known; one that cannot be seen keeps its id as its name. */
export function workspaceRefsQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: ["workspaces", "refs", ...ids],
    queryFn: async ({ signal }): Promise<readonly WorkspaceRef[]> => {
      const named = await Promise.all(
        ids.slice(0, namedMax).map(async (id): Promise<WorkspaceRef> => {
          const path = pathOf("workspaces", id);
          const found = await callTfe<ResourceDocument<{ readonly name: string }>>(path, { signal }).catch(() => null);
          return { id, name: found?.data.attributes.name ?? id };
        }),
      );
      return [...named, ...ids.slice(namedMax).map((id) => ({ id, name: id }))];
    },
    staleTime: 300_000,
  });
}
