import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

const page = lazyRouteComponent(() => import("./where-page.tsx"), "WherePage");

export const whereRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: "/where", component: page }),
] as const;
