import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { WorkspaceRef } from "../api/types.ts";
import type { Check, ResourceChange } from "../changes/resource-change.ts";

export interface Assessment {
  readonly id: string;
  readonly workspace: WorkspaceRef;
  readonly status: "queued" | "running" | "finished" | "failed" | "canceled";
  readonly trigger: "schedule" | "demand";
  readonly requested_by: string | null;
  readonly queued_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly succeeded: boolean | null;
  /** Null: not known. */
  readonly drifted: boolean | null;
  readonly error_message: string | null;
  readonly resources_drifted: number | null;
  readonly resources_undrifted: number | null;
  readonly checks_passed: number | null;
  readonly checks_failed: number | null;
  readonly checks_errored: number | null;
  readonly checks_unknown: number | null;
}

export interface AssessmentDetail extends Assessment {
  readonly runner?: string | null;
  readonly engine: { readonly name: string; readonly version: string } | null;
  readonly drift: readonly ResourceChange[];
  /** A run would change it, though nothing drifted. */
  readonly pending: readonly ResourceChange[];
  readonly checks: readonly Check[];
}

export interface WorkspaceHealth {
  readonly enabled: boolean;
  readonly enforced: boolean;
  /** Whether one can be asked for now. */
  readonly assessable: boolean;
  readonly reason: string | null;
  readonly next_assessment_at: string | null;
  readonly running: Assessment | null;
  readonly latest: AssessmentDetail | null;
}

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
