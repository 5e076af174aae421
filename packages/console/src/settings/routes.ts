import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

const page = lazyRouteComponent(() => import("./settings-page.tsx"), "SettingsPage");

export const settingsRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: "/settings", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/settings/tokens", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/settings/registry", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/settings/runners", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/settings/audit", component: page }),
] as const;
