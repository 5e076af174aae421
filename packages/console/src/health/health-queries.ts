import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { AssessmentDetailView, AssessmentView, WorkspaceHealthView } from "@ingot/server/console-api";
import { callApi } from "../api/client.ts";

export type Assessment = AssessmentView;
export type AssessmentDetail = AssessmentDetailView;
export type WorkspaceHealth = WorkspaceHealthView;

interface AssessmentPage {
  readonly assessments: readonly Assessment[];
  readonly next: string | null;
}

// For when the stream of events is down.
const watchMs = 5000;

export function healthQuery(workspaceId: string) {
  return queryOptions({
    queryKey: ["assessments", "health", workspaceId],
    queryFn: ({ signal }) =>
      callApi<WorkspaceHealth>(`/api/v1/workspaces/${encodeURIComponent(workspaceId)}/health`, { signal }),
    refetchInterval: ({ state }) => (state.data?.running == null ? false : watchMs),
  });
}

/** The assessments of a workspace, newest first. */
export function assessmentsQuery(workspaceId: string) {
  return infiniteQueryOptions({
    queryKey: ["assessments", "list", workspaceId],
    queryFn: ({ pageParam, signal }) =>
      callApi<AssessmentPage>(`/api/v1/workspaces/${encodeURIComponent(workspaceId)}/assessments`, {
        query: { limit: 20, after: pageParam },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

export function assessmentQuery(id: string) {
  return queryOptions({
    queryKey: ["assessments", "one", id],
    queryFn: ({ signal }) => callApi<AssessmentDetail>(`/api/v1/assessments/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.status === "queued" || state.data?.status === "running" ? watchMs : false,
  });
}

export function assessmentLogQuery(id: string) {
  return queryOptions({
    queryKey: ["assessments", "log", id],
    queryFn: ({ signal }) => callApi<string>(`/api/v1/assessments/${encodeURIComponent(id)}/log`, { signal }),
  });
}

export function assessNow(workspaceId: string): Promise<Assessment> {
  return callApi(`/api/v1/workspaces/${encodeURIComponent(workspaceId)}/assessments`, { method: "POST" });
}
