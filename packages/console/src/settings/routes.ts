import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "../shell/root-route.tsx";

const page = lazyRouteComponent(() => import("./settings-page.tsx"), "SettingsPage");

export const settingsRoutes = [
  createRoute({ getParentRoute: () => shellRoute, path: "/settings", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/settings/tokens", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/settings/registry", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/settings/runners", component: page }),
  createRoute({ getParentRoute: () => shellRoute, path: "/settings/audit", component: page }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/settings/organization",
    component: lazyRouteComponent(() => import("../organization/organization-page.tsx"), "OrganizationPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/settings/variable-sets",
    component: lazyRouteComponent(() => import("../variable-sets/variable-sets.tsx"), "VariableSetsPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/settings/variable-sets/$setId",
    component: lazyRouteComponent(() => import("../variable-sets/variable-set-page.tsx"), "VariableSetPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/settings/policies",
    component: lazyRouteComponent(() => import("../policies/policies-page.tsx"), "PoliciesPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/settings/policies/sets/$policySetId",
    component: lazyRouteComponent(() => import("../policies/policy-set-page.tsx"), "PolicySetPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/settings/run-tasks",
    component: lazyRouteComponent(() => import("../run-tasks/run-tasks-page.tsx"), "RunTasksPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/settings/runners/pools/$poolId",
    component: lazyRouteComponent(() => import("../agent-pools/agent-pool-page.tsx"), "AgentPoolPage"),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/settings/ssh-keys",
    component: lazyRouteComponent(() => import("../ssh-keys/ssh-keys-page.tsx"), "SshKeysPage"),
  }),
] as const;
