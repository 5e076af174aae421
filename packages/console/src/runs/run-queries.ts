import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { RunSummary } from "../api/types.ts";
import type { Check, OutputChange, ResourceChange } from "../changes/resource-change.ts";
import { isFinal } from "./run-words.ts";

export type PhaseKind = "plan" | "apply";

export interface RunPhase {
  readonly kind: PhaseKind;
  readonly status: string;
  readonly runner: string | null;
  readonly engine: { readonly name: string; readonly version: string } | string | null;
  readonly queued_at: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly log_bytes: number;
  readonly log_closed: boolean;
}

export interface RunDetail extends RunSummary {
  readonly configuration_version: string | null;
  readonly phases: readonly RunPhase[];
  /** What the status allows and the caller may do. */
  readonly actions: {
    readonly confirm: boolean;
    readonly discard: boolean;
    readonly cancel: boolean;
    readonly force_cancel: boolean;
  };
  readonly state_version_id: string | null;
  readonly confirmed_by: string | null;
  readonly canceled_by: string | null;
}

export interface ImageOfChange {
  readonly bucket: string | null;
  readonly version: string | null;
  readonly identifier: string;
}

export interface RunPlan {
  readonly image_changes: readonly {
    readonly resource: string;
    readonly attribute: string;
    readonly from: ImageOfChange | null;
    readonly to: ImageOfChange | null;
    /** `to` is known only during the apply. */
    readonly unknown?: boolean;
  }[];
  readonly changes: readonly ResourceChange[];
  readonly drift: readonly ResourceChange[];
  readonly outputs: readonly OutputChange[];
  readonly checks: readonly Check[];
}

interface RunPage {
  readonly runs: readonly RunSummary[];
  readonly next: string | null;
}

export type RunState = "active" | "waiting" | "final";

export interface RunFilter {
  readonly state?: RunState | undefined;
  /** Its id. */
  readonly workspace?: string | undefined;
  readonly limit?: number;
}

// Events tell of every move; this is for what has no event, such as the length of a log, and for when the stream is down.
const watchMs = 5000;

/** Runs, newest first, a page at a time. */
export function runsQuery(filter: RunFilter) {
  const { state, workspace, limit = 50 } = filter;
  return infiniteQueryOptions({
    queryKey: ["runs", "list", { state, workspace, limit }],
    queryFn: ({ pageParam, signal }) =>
      callApi<RunPage>("/api/v1/runs", { query: { state, workspace, limit, after: pageParam }, signal }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

export function runQuery(id: string) {
  return queryOptions({
    queryKey: ["runs", "one", id],
    queryFn: ({ signal }) => callApi<RunDetail>(`/api/v1/runs/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (state.data === undefined || isFinal(state.data.status) ? false : watchMs),
  });
}

/** What the plan would do. Fails with 404/plan_not_ready until there is one. */
export function runPlanQuery(id: string) {
  return queryOptions({
    queryKey: ["runs", "plan", id],
    queryFn: ({ signal }) => callApi<RunPlan>(`/api/v1/runs/${encodeURIComponent(id)}/plan`, { signal }),
    // A plan that is there does not change.
    staleTime: 300_000,
  });
}

export type RunAction = "apply" | "discard" | "cancel" | "force-cancel";

export async function actOnRun(id: string, action: RunAction, comment?: string): Promise<void> {
  await callApi(`/api/v2/runs/${encodeURIComponent(id)}/actions/${action}`, {
    method: "POST",
    contentType: "application/vnd.api+json",
    body: comment === undefined || comment === "" ? {} : { comment },
  });
}

export interface NewRun {
  readonly workspaceId: string;
  readonly message: string;
  readonly refreshOnly?: boolean;
  readonly planOnly?: boolean;
  readonly isDestroy?: boolean;
  readonly replaceAddrs?: readonly string[];
}

/** Queues a run of the workspace's newest configuration and answers its id. */
export async function startRun(run: NewRun): Promise<string> {
  const answer = await callApi<{ readonly data: { readonly id: string } }>("/api/v2/runs", {
    method: "POST",
    contentType: "application/vnd.api+json",
    body: {
      data: {
        type: "runs",
        attributes: {
          message: run.message,
          ...(run.refreshOnly === true ? { "refresh-only": true } : {}),
          ...(run.planOnly === true ? { "plan-only": true } : {}),
          ...(run.isDestroy === true ? { "is-destroy": true } : {}),
          ...(run.replaceAddrs === undefined || run.replaceAddrs.length === 0
            ? {}
            : { "replace-addrs": run.replaceAddrs }),
        },
        relationships: { workspace: { data: { type: "workspaces", id: run.workspaceId } } },
      },
    },
  });
  return answer.data.id;
}
