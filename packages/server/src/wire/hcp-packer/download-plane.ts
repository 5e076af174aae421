import { openSbom } from "../../features/sboms/index.ts";
import type { Plane } from "../shared/plane.ts";
import { operationNotServed, presentRpcError } from "../shared/rpc-status.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";

type DownloadDeps = Pick<HcpPackerDeps, "db" | "blobs" | "signer" | "publicUrl">;

const purpose = "hcp-packer.sbom";
const lifetimeMs = 15 * 60_000;

/** An absolute URL that serves one document to whoever holds it, for a quarter of an hour. */
export async function signSbomDownload(
  deps: Pick<DownloadDeps, "signer" | "publicUrl">,
  sbom: { readonly id: string; readonly name: string },
): Promise<string> {
  return `${deps.publicUrl()}/downloads/sboms/${await deps.signer.sign(purpose, sbom.id, lifetimeMs)}/${sbom.name}.json`;
}

/** What the registry's links lead to. They work without a credential: the link is one. */
export function createDownloadPlane(deps: DownloadDeps): Plane {
  return {
    name: "hcp-packer-downloads",
    prefixes: ["/downloads"],
    contentType: "application/json",
    jsonTypes: ["application/json"],
    headers: { "cache-control": "no-store", "x-content-type-options": "nosniff" },
    routes: [
      {
        method: "GET",
        path: "/sboms/:token/:file",
        needs: "signed-link",
        audit: "sbom.download",
        async handle({ params }) {
          const { sbom, document } = await openSbom(deps, await deps.signer.verify(purpose, params["token"] ?? ""));
          return {
            status: 200,
            body: document,
            // The name has letters, digits and hyphens only.
            headers: { "content-disposition": `attachment; filename="${sbom.name}.json"` },
          };
        },
      },
    ],
    authenticate: async () => undefined,
    presentError: presentRpcError,
    unknownPath: (request) => operationNotServed(`${request.method} ${request.url.split("/").slice(0, 3).join("/")}`),
  };
}
