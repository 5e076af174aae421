import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { Alert, Event, RunSummary } from "../api/types.ts";

export const shownMax = 8;

export const openAlertsQuery = queryOptions({
  queryKey: ["alerts", "home"],
  queryFn: ({ signal }) =>
    callApi<{ alerts: readonly Alert[]; next: string | null }>("/api/v1/alerts", {
      query: { state: "open", limit: shownMax },
      signal,
    }),
});

export const waitingRunsQuery = queryOptions({
  queryKey: ["runs", "home"],
  queryFn: ({ signal }) =>
    callApi<{ runs: readonly RunSummary[]; next: string | null }>("/api/v1/runs", {
      query: { state: "waiting", limit: shownMax },
      signal,
    }),
});

/** What happened, newest first. */
export const eventsQuery = infiniteQueryOptions({
  queryKey: ["events", "list"],
  initialPageParam: "",
  queryFn: ({ pageParam, signal }) =>
    callApi<{ events: readonly Event[]; next: string | null }>("/api/v1/events", {
      query: { limit: 60, after: pageParam },
      signal,
    }),
  getNextPageParam: ({ next }) => next ?? undefined,
});
