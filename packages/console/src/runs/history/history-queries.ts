import { queryOptions } from "@tanstack/react-query";
import { callTfe, includedOf, pathOf, relatedId, resourceBody, type ResourceList } from "../../api/json-api.ts";

export interface HistoryEntry {
  readonly id: string;
  readonly action: string;
  readonly description: string | null;
  readonly at: string;
  readonly by: string | null;
  readonly comment: string | null;
}

/** What happened to a run and what was said about it, the oldest first; all of it at once. */
export function runHistoryQuery(runId: string) {
  return queryOptions({
    queryKey: ["runs", "history", runId],
    queryFn: async ({ signal }): Promise<readonly HistoryEntry[]> => {
      const list = await callTfe<
        ResourceList<{
          readonly action: string;
          readonly description: string | null;
          readonly "created-at": string;
        }>
      >(`${pathOf("runs", runId)}/run-events`, { query: { include: "actor,comment" }, signal });
      const users = includedOf<{ readonly username: string }>(list, "users");
      const comments = includedOf<{ readonly body: string }>(list, "comments");
      return list.data.map((event) => ({
        id: event.id,
        action: event.attributes.action,
        description: event.attributes.description,
        at: event.attributes["created-at"],
        by: users.get(relatedId(event, "actor") ?? "")?.attributes.username ?? null,
        comment: comments.get(relatedId(event, "comment") ?? "")?.attributes.body ?? null,
      }));
    },
  });
}

export async function addComment(runId: string, body: string): Promise<void> {
  await callTfe(`${pathOf("runs", runId)}/comments`, { method: "POST", body: resourceBody("comments", { body }) });
}
