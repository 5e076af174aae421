import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

const page = lazyRouteComponent(() => import("./images-page.tsx"), "ImagesPage");

export const imageRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: "/images", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/images/$bucket", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/images/$bucket/$fingerprint", component: page }),
] as const;
