import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

export const loginRoutes = [
  // The discovery document of the server sends `terraform login` here; the page reads the address itself.
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/login",
    component: lazyRouteComponent(() => import("./login-page.tsx"), "LoginPage"),
  }),
] as const;
