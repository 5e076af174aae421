import { authenticateCaller } from "../shared/bearer.ts";
import type { Plane } from "../shared/plane.ts";
import { operationNotServed, presentRpcError } from "../shared/rpc-status.ts";
import { controlPolicyRoutes } from "./control-policy-routes.ts";
import { operationRoutes } from "./operation-routes.ts";
import { organizationRoutes } from "./organization-routes.ts";
import { policyRoutes } from "./policy-routes.ts";
import { projectRoutes } from "./project-routes.ts";
import type { HcpResourceManagerDeps } from "./resource-manager-deps.ts";
import { resourceRoutes } from "./resource-routes.ts";
import { roleRoutes } from "./role-routes.ts";

/**
 * Organizations and projects as HCP clients ask for them, and the prefixes of HCP services that nobody else owns: whatever
 * is asked for there and not served answers 501 in the shape those clients read.
 */
export function createHcpResourceManagerPlane(deps: HcpResourceManagerDeps): Plane {
  return {
    name: "hcp-resource-manager",
    prefixes: ["/resource-manager", "/2019-12-10", "/operation"],
    resourceNamesInPaths: true,
    routes: [
      ...organizationRoutes(deps),
      ...controlPolicyRoutes(deps),
      ...projectRoutes(deps),
      ...policyRoutes(deps),
      ...roleRoutes(deps),
      ...resourceRoutes(deps),
      ...operationRoutes(),
    ],
    contentType: "application/json",
    jsonTypes: ["application/json"],
    authenticate: authenticateCaller(deps),
    presentError: presentRpcError,
    unknownPath: (request) => operationNotServed(`${request.method} ${request.url.split("?")[0] ?? ""}`),
  };
}
