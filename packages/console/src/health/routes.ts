import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

const page = lazyRouteComponent(() => import("./health-page.tsx"), "HealthPage");

export const healthRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: "/health", component: page }),
] as const;
