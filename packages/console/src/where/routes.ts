import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";
import { parseWhereSearch } from "./where-search.ts";

export const whereRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/where",
    validateSearch: parseWhereSearch,
    component: lazyRouteComponent(() => import("./where-page.tsx"), "WherePage"),
  }),
] as const;
