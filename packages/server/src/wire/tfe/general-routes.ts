import { commandLine } from "../../features/logins/index.ts";
import { ok, type Plane, type Route } from "../shared/plane.ts";
import { presentTfeError, unknownTfePath } from "./tfe-errors.ts";

/**
 * What clients check before they talk to a server, and while they do. Source: Terraform, internal/cloud/backend.go; go-tfe
 * tfe.go. The rate limit feeds the limiter of the client, which stays below it: 1 to 3 would stop it altogether, and the vendor's 30
 * would slow it down for nobody's good. The snapshot interval is read
 * from the last reply, whichever it was, so it goes with each.
 */
export const tfeHeaders = {
  "TFP-API-Version": "2.6",
  "TFP-AppName": "Terraform Enterprise",
  "X-TFE-Version": "v202502-1",
  "X-RateLimit-Limit": "300",
  "x-terraform-snapshot-interval": "20",
};

export function generalRoutes(): Route[] {
  return [
    // Its headers alone are read; so it needs no credential.
    { method: "GET", path: "/ping", needs: "public", audit: "server.ping", handle: async () => ({ status: 204 }) },
  ];
}

/** Served to everybody, also with a bad token: any other answer than 200 ends every command. Source: terraform-svchost. */
export function createDiscoveryPlane(): Plane {
  return {
    name: "tfe-discovery",
    prefixes: ["/.well-known/terraform.json"],
    routes: [
      {
        method: "GET",
        path: "/",
        needs: "public",
        audit: "server.discover",
        handle: async () =>
          ok({
            "tfe.v2": "/api/v2/",
            "tfe.v2.1": "/api/v2/",
            "tfe.v2.2": "/api/v2/",
            "state.v2": "/api/v2/",
            "login.v1": {
              client: commandLine.id,
              grant_types: ["authz_code"],
              authz: "/app/login",
              token: "/oauth2/token",
              ports: commandLine.ports,
            },
          }),
      },
    ],
    contentType: "application/json",
    jsonTypes: [],
    authenticate: async () => undefined,
    presentError: presentTfeError,
    unknownPath: unknownTfePath,
  };
}
