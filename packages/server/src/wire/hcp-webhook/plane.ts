import { authenticateCaller } from "../shared/bearer.ts";
import type { Plane } from "../shared/plane.ts";
import { operationNotServed, presentRpcError } from "../shared/rpc-status.ts";
import type { HcpWebhookDeps } from "./webhook-deps.ts";
import { webhookRoutes } from "./webhook-routes.ts";

/** The webhooks of projects, as HCP's webhook service of 2023-05-31 serves them. */
export function createHcpWebhookPlane(deps: HcpWebhookDeps): Plane {
  return {
    name: "hcp-webhook",
    prefixes: ["/2023-05-31"],
    resourceNamesInPaths: true,
    routes: webhookRoutes(deps),
    contentType: "application/json",
    jsonTypes: ["application/json"],
    authenticate: authenticateCaller(deps),
    presentError: presentRpcError,
    unknownPath: (request) => operationNotServed(`${request.method} ${request.url.split("?")[0] ?? ""}`),
  };
}
