import { authenticateCaller } from "../shared/bearer.ts";
import type { Plane } from "../shared/plane.ts";
import { operationNotServed, presentRpcError } from "../shared/rpc-status.ts";
import { bucketRoutes } from "./bucket-routes.ts";
import { buildRoutes } from "./build-routes.ts";
import { channelRoutes } from "./channel-routes.ts";
import { enforcedBlockRoutes } from "./enforced-block-routes.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { packageRoutes } from "./package-routes.ts";
import { registryRoutes } from "./registry-routes.ts";
import { runTaskRoutes } from "./run-task-routes.ts";
import { sbomRoutes } from "./sbom-routes.ts";
import { searchRoutes } from "./search-routes.ts";
import { versionRoutes } from "./version-routes.ts";
import { vulnerabilityRoutes } from "./vulnerability-routes.ts";

/** The registry API of 2023-01-01, one row for each of its operations; any other path below `/packer` is not served. */
export function createHcpPackerPlane(deps: HcpPackerDeps): Plane {
  return {
    name: "hcp-packer",
    prefixes: ["/packer"],
    routes: [
      ...bucketRoutes(deps),
      ...versionRoutes(deps),
      ...buildRoutes(deps),
      ...channelRoutes(deps),
      ...enforcedBlockRoutes(deps),
      ...sbomRoutes(deps),
      ...packageRoutes(deps),
      ...registryRoutes(deps),
      ...vulnerabilityRoutes(deps),
      ...searchRoutes(deps),
      ...runTaskRoutes(deps),
    ],
    contentType: "application/json",
    jsonTypes: ["application/json"],
    authenticate: authenticateCaller(deps),
    presentError: presentRpcError,
    unknownPath: (request) => operationNotServed(`${request.method} ${request.url.split("?")[0] ?? ""}`),
  };
}
