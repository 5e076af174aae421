import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { AlertDetail } from "@ingot/server/console-api";
import { callApi } from "../api/client.ts";
import type { Alert } from "../api/types.ts";

export type { AlertDetail } from "@ingot/server/console-api";

export type AlertListState = "open" | "resolved" | "all";

export interface AlertFilter {
  readonly state?: AlertListState | undefined;
  readonly workspace?: string | undefined;
}

/** Alerts, newest first, fifty at a time. */
export function alertsQuery(filter: AlertFilter) {
  return infiniteQueryOptions({
    queryKey: ["alerts", "list", filter],
    queryFn: ({ pageParam, signal }) =>
      callApi<{ readonly alerts: readonly Alert[]; readonly next: string | null }>("/api/v1/alerts", {
        query: { state: filter.state ?? "open", workspace: filter.workspace, limit: 50, after: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

export function alertQuery(id: string) {
  return queryOptions({
    queryKey: ["alerts", "one", id],
    queryFn: ({ signal }) => callApi<AlertDetail>(`/api/v1/alerts/${encodeURIComponent(id)}`, { signal }),
  });
}
