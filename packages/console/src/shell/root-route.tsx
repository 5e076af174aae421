import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, Outlet, redirect } from "@tanstack/react-router";
import { isApiError } from "../api/api-error.ts";
import { sessionQuery } from "../session/session-query.ts";
import { ShellLayout } from "./shell-layout.tsx";

export const rootRoute = createRootRouteWithContext<{ readonly queries: QueryClient }>()({ component: Outlet });

/** The parent of every page that needs a session. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "shell",
  async beforeLoad({ context, location }) {
    try {
      await context.queries.ensureQueryData(sessionQuery);
    } catch (error) {
      if (!isApiError(error) || error.status !== 401) throw error;
      throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { redirect: location.href } });
    }
  },
  component: ShellLayout,
});
