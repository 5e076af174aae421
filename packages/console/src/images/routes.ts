import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";
import { bucketTabs, type BucketTab } from "./bucket-tabs.ts";

export const imageRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/images",
    component: lazyRouteComponent(() => import("./bucket-list-page.tsx"), "BucketListPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/images/$bucket",
    validateSearch: (search: Record<string, unknown>): { tab?: BucketTab } => {
      const tab = bucketTabs.find((known) => known === search["tab"]);
      return tab === undefined || tab === "versions" ? {} : { tab };
    },
    component: lazyRouteComponent(() => import("./bucket-page.tsx"), "BucketPage"),
  }),
  // `version` is a fingerprint or a name such as v3.
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/images/$bucket/$version",
    component: lazyRouteComponent(() => import("./version-page.tsx"), "VersionPage"),
  }),
  // Apart from the images: one of them may be called like this page.
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/enforced-blocks",
    component: lazyRouteComponent(() => import("./enforced-blocks-page.tsx"), "EnforcedBlocksPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/enforced-blocks/$block",
    component: lazyRouteComponent(() => import("./enforced-block-page.tsx"), "EnforcedBlockPage"),
  }),
] as const;
