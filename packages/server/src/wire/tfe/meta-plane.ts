import { ok, type Plane } from "../shared/plane.ts";
import { presentTfeError, unknownTfePath } from "./tfe-errors.ts";

// It has never been another answer.
const lastModified = "Thu, 01 Jan 2026 00:00:00 GMT";
const noRanges = { api: [], notifications: [], sentinel: [], vcs: [] };

/**
 * Addresses that a firewall is to let through. This server has none that it could promise: it is reached, and calls out, by
 * whatever addresses its operator gives its machines. Source: HCP Terraform API, IP ranges.
 */
export function createMetaPlane(): Plane {
  return {
    name: "tfe-meta",
    prefixes: ["/api/meta"],
    routes: [
      {
        method: "GET",
        path: "/ip-ranges",
        needs: "public",
        audit: "server.read-ip-ranges",
        handle: async ({ request }) => {
          const known = Date.parse(request.headers["if-modified-since"] ?? "");
          const headers = { "last-modified": lastModified };
          return known >= Date.parse(lastModified) ? { status: 304, headers } : { ...ok(noRanges), headers };
        },
      },
    ],
    contentType: "application/json",
    jsonTypes: [],
    authenticate: async () => undefined,
    presentError: presentTfeError,
    unknownPath: unknownTfePath,
  };
}
