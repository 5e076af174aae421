import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

const page = lazyRouteComponent(() => import("./alerts-page.tsx"), "AlertsPage");

export const alertRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: "/alerts", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/alerts/$alertId", component: page }),
] as const;
