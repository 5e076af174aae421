import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

const page = lazyRouteComponent(() => import("./workspaces-page.tsx"), "WorkspacesPage");

export const workspaceRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: "/workspaces", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/workspaces/$workspaceId", component: page }),
] as const;
