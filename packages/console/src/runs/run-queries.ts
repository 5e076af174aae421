import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { RunDetail, RunPlan } from "@ingot/server/console-api";
import { callApi } from "../api/client.ts";
import { callTfe, pathOf, resourceBody } from "../api/json-api.ts";
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

export type RunAction = "apply" | "discard" | "cancel" | "force-cancel" | "force-execute";

/** An empty comment is none. */
export async function actOnRun(id: string, action: RunAction, comment: string): Promise<void> {
  await callTfe(`${pathOf("runs", id)}/actions/${action}`, {
    method: "POST",
    body: comment === "" ? {} : { comment },
  });
}

/** Queues a run of the workspace's newest configuration and answers its id; `attributes` as the Terraform API has them. */
export async function createRun(workspaceId: string, attributes: Readonly<Record<string, unknown>>): Promise<string> {
  const answer = await callTfe<{ readonly data: { readonly id: string } }>("runs", {
    method: "POST",
    body: resourceBody("runs", attributes, { workspace: { data: { type: "workspaces", id: workspaceId } } }),
  });
  return answer.data.id;
}
