import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

const page = lazyRouteComponent(() => import("./people-page.tsx"), "PeoplePage");

export const peopleRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: "/people", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/people/teams", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/people/access", component: page }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/people/teams/$teamId",
    component: lazyRouteComponent(() => import("./team-page.tsx"), "TeamPage"),
  }),
] as const;
