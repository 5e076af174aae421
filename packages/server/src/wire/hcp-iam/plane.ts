import { authenticateCaller } from "../shared/bearer.ts";
import type { Plane } from "../shared/plane.ts";
import { operationNotServed, presentRpcError } from "../shared/rpc-status.ts";
import { groupRoutes } from "./group-routes.ts";
import type { HcpIamDeps } from "./iam-deps.ts";
import { principalRoutes } from "./principal-routes.ts";
import { servicePrincipalRoutes } from "./service-principal-routes.ts";
import { workloadIdentityRoutes } from "./workload-identity-routes.ts";

/**
 * Who may act: service principals with their keys and workload identity providers, groups, users. Resource names stand in
 * the paths, below two prefixes that differ in where the version is. Source: hcp-sdk-go, clients/cloud-iam.
 */
export function createHcpIamPlane(deps: HcpIamDeps): Plane {
  return {
    name: "hcp-iam",
    prefixes: ["/iam", "/2019-12-10/iam"],
    resourceNamesInPaths: true,
    routes: [
      ...principalRoutes(deps),
      ...groupRoutes(deps),
      ...servicePrincipalRoutes(deps),
      ...workloadIdentityRoutes(deps),
    ],
    contentType: "application/json",
    jsonTypes: ["application/json"],
    authenticate: authenticateCaller(deps),
    presentError: presentRpcError,
    unknownPath: (request) => operationNotServed(`${request.method} ${request.url.split("?")[0] ?? ""}`),
  };
}
