import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

const page = lazyRouteComponent(() => import("./reference-page.tsx"), "ReferencePage");

export const referenceRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: "/reference", component: page }),
] as const;
