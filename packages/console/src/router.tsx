import { QueryCache, QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter } from "@tanstack/react-router";
import { alertRoutes } from "./alerts/routes.ts";
import { isApiError } from "./api/api-error.ts";
import { healthRoutes } from "./health/routes.ts";
import { homeRoutes } from "./home/routes.ts";
import { imageRoutes } from "./images/routes.ts";
import { invitationRoute } from "./invitation/routes.ts";
import { loginRoutes } from "./login/routes.ts";
import { peopleRoutes } from "./people/routes.ts";
import { referenceRoutes } from "./reference/routes.ts";
import { runRoutes } from "./runs/routes.ts";
import { signInRoute } from "./session/routes.ts";
import { settingsRoutes } from "./settings/routes.ts";
import { FailedPage, NotFoundPage, PendingPage } from "./shell/fallback-pages.tsx";
import { rootRoute, shellRoute } from "./shell/root-route.tsx";
import { whereRoutes } from "./where/routes.ts";
import { workspaceRoutes } from "./workspaces/routes.ts";

// Unknown addresses keep the navigation around them. Not in the types, so that no link can lead there.
const unlinked = [
  createRoute({ getParentRoute: () => shellRoute, path: "$", component: NotFoundPage }),
] as unknown as [];

const routeTree = rootRoute.addChildren([
  signInRoute,
  invitationRoute,
  shellRoute.addChildren([
    ...homeRoutes,
    ...imageRoutes,
    ...runRoutes,
    ...workspaceRoutes,
    ...healthRoutes,
    ...whereRoutes,
    ...alertRoutes,
    ...peopleRoutes,
    ...settingsRoutes,
    ...loginRoutes,
    ...referenceRoutes,
    ...unlinked,
  ]),
]);

/** The router of the whole console and the cache of what the server answered. */
export function createConsole() {
  const queries = new QueryClient({
    queryCache: new QueryCache({
      onError(error, query) {
        // The session itself is asked for by the route, which knows where the user wanted to go.
        if (query.queryKey[0] !== "session" && isApiError(error) && error.status === 401) leaveForSignIn();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && (!isApiError(error) || error.status === 0 || error.status >= 500),
      },
    },
  });
  const router = createRouter({
    routeTree,
    basepath: "/app",
    context: { queries },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultPendingMs: 300,
    defaultNotFoundComponent: NotFoundPage,
    defaultErrorComponent: FailedPage,
    defaultPendingComponent: PendingPage,
  });

  function leaveForSignIn(): void {
    const { href, pathname } = router.state.location;
    if (pathname.startsWith("/sign-in") || pathname.startsWith("/invitation")) return;
    queries.removeQueries({ queryKey: ["session"] });
    void router.navigate({ to: "/sign-in", search: { redirect: href, ended: true } });
  }

  return { queries, router };
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createConsole>["router"];
  }
}
