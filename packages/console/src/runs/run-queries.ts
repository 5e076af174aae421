import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { RunDetail, RunPlan } from "@ingot/server/console-api";
import { callApi } from "../api/client.ts";
import type { RunSummary } from "../api/types.ts";
import { isFinal } from "./run-words.ts";

export type PhaseKind = "plan" | "apply";

export type { RunDetail, RunPlan } from "@ingot/server/console-api";
export type RunPhase = RunDetail["phases"][number];
export type ImageOfChange = NonNullable<RunPlan["image_changes"][number]["from"]>;

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

export async function actOnRun(id: string, action: RunAction): Promise<void> {
  await callApi(`/api/v2/runs/${encodeURIComponent(id)}/actions/${action}`, {
    method: "POST",
    contentType: "application/vnd.api+json",
    body: {},
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
