import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";
import { settingsSections, workspaceTabs, type SettingsSection, type WorkspaceTab } from "./workspace-tabs.ts";

function readTab(search: Record<string, unknown>): { tab?: WorkspaceTab; section?: SettingsSection } {
  const tab = workspaceTabs.find((candidate) => candidate === search["tab"]);
  const section = settingsSections.find((candidate) => candidate === search["section"]);
  return { ...(tab === undefined ? {} : { tab }), ...(section === undefined ? {} : { section }) };
}

export const workspaceRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/workspaces",
    validateSearch: (search: Record<string, unknown>): { q?: string | undefined; status?: string | undefined } => ({
      ...(typeof search["q"] === "string" && search["q"] !== "" ? { q: search["q"] } : {}),
      ...(typeof search["status"] === "string" && search["status"] !== "" ? { status: search["status"] } : {}),
    }),
    component: lazyRouteComponent(() => import("./workspaces-page.tsx"), "WorkspacesPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/workspaces/$workspaceId",
    validateSearch: readTab,
    component: lazyRouteComponent(() => import("./workspace-page.tsx"), "WorkspacePage"),
  }),
  // The address that the Terraform API and its clients name.
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/$organization/workspaces/$workspace",
    validateSearch: readTab,
    component: lazyRouteComponent(() => import("./workspace-page.tsx"), "LinkedWorkspacePage"),
  }),
] as const;
