import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

const page = lazyRouteComponent(() => import("./home-page.tsx"), "HomePage");

export const homeRoutes = [createRoute({ getParentRoute: () => shellRoute, path: "/", component: page })] as const;
