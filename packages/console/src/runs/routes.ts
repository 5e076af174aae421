import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";
import type { RunState } from "./run-queries.ts";
import { runViews, type RunView } from "./run-view.ts";

const states: readonly unknown[] = ["active", "waiting", "final"] satisfies RunState[];

const runPage = lazyRouteComponent(() => import("./run-page.tsx"), "RunPage");
const linkedRunPage = lazyRouteComponent(() => import("./run-page.tsx"), "LinkedRunPage");

function readRunSearch(search: Record<string, unknown>): { view?: RunView } {
  const view = runViews.find((candidate) => candidate === search["view"]);
  return view === undefined ? {} : { view };
}

export const runRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/runs",
    validateSearch: (
      search: Record<string, unknown>,
    ): { state?: RunState | undefined; workspace?: string | undefined } => ({
      ...(states.includes(search["state"]) ? { state: search["state"] as RunState } : {}),
      ...(typeof search["workspace"] === "string" && search["workspace"] !== ""
        ? { workspace: search["workspace"] }
        : {}),
    }),
    component: lazyRouteComponent(() => import("./runs-page.tsx"), "RunsPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/runs/$runId",
    validateSearch: readRunSearch,
    component: runPage,
  }),
  // The addresses that terraform and tofu print.
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/$organization/workspaces/$workspace/runs/$runId",
    validateSearch: readRunSearch,
    component: linkedRunPage,
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/$organization/$workspace/runs/$runId",
    validateSearch: readRunSearch,
    component: linkedRunPage,
  }),
] as const;
