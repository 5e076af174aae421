import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";
import type { AlertFilter, AlertListState } from "./alert-queries.ts";

const states: readonly unknown[] = ["resolved", "all"] satisfies AlertListState[];

export const alertRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/alerts",
    validateSearch: (search: Record<string, unknown>): AlertFilter => ({
      ...(states.includes(search["state"]) ? { state: search["state"] as AlertListState } : {}),
      ...(typeof search["workspace"] === "string" && search["workspace"] !== ""
        ? { workspace: search["workspace"] }
        : {}),
    }),
    component: lazyRouteComponent(() => import("./alerts-page.tsx"), "AlertsPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/alerts/$alertId",
    component: lazyRouteComponent(() => import("./alert-page.tsx"), "AlertPage"),
  }),
] as const;
