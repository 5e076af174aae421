import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

const page = lazyRouteComponent(() => import("./runs-page.tsx"), "RunsPage");

export const runRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: "/runs", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/runs/$runId", component: page }),
] as const;
