import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { healthWords, type HealthWord } from "./health-states.ts";
import { shellRoute } from "../shell/root-route.tsx";

export const healthRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/health",
    validateSearch: (search: Record<string, unknown>): { health?: HealthWord | undefined } => {
      const health = healthWords.find((word) => word === search["health"]);
      return health === undefined ? {} : { health };
    },
    component: lazyRouteComponent(() => import("./health-page.tsx"), "HealthPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/health/assessments/$assessmentId",
    component: lazyRouteComponent(() => import("./assessment-page.tsx"), "AssessmentPage"),
  }),
] as const;
