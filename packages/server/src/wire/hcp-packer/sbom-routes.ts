import { Type } from "typebox";
import { readSbom, readSboms, uploadSbom } from "../../features/sboms/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Route } from "../shared/plane.ts";
import { buildRef } from "./build-routes.ts";
import { signSbomDownload } from "./download-plane.ts";
import { operation } from "./operation.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { presentSbom } from "./present-sbom.ts";
import { given, textGiven } from "./request-body.ts";
import { parseWord, sbomFormatWords } from "./wire-words.ts";

// Clients need 4 MiB; a document with all files of a desktop has some more.
const bodyBytesMax = 16 << 20;

/** The bills of materials of builds. */
export function sbomRoutes(deps: HcpPackerDeps): Route[] {
  const sboms = "/buckets/:bucket_name/versions/:fingerprint/builds/:build_id/sboms";
  return [
    operation({
      name: "ListSboms",
      method: "GET",
      path: sboms,
      needs: "registry:read",
      async handle(call) {
        return { sboms: (await readSboms(deps.db, call.actor, buildRef(call))).map(presentSbom) };
      },
    }),

    operation({
      name: "UploadSbom",
      method: "PUT",
      path: sboms,
      needs: "registry:write",
      body: Type.Object({
        compressed_sbom: given(Type.String()),
        format: given(Type.String()),
        name: given(Type.String()),
      }),
      bodyBytesMax,
      async handle(call) {
        const { compressed_sbom: packed, format, name } = call.body;
        const sbom = await uploadSbom(deps, call.actor, buildRef(call), {
          packed: decodeBase64(packed ?? ""),
          // The first value of an enumeration is absent on the wire. Source: hcp-sdk-go models, `omitempty`.
          format: parseWord(sbomFormatWords, "format", textGiven(format) ?? sbomFormatWords.cyclonedx),
          name: textGiven(name),
        });
        return { sbom: presentSbom(sbom) };
      },
    }),

    operation({
      name: "GetSbom",
      method: "GET",
      path: `${sboms}/:sbom_name`,
      needs: "registry:read",
      async handle(call) {
        const sbom = await readSbom(deps.db, call.actor, buildRef(call), call.params["sbom_name"] ?? "");
        return { download_url: await signSbomDownload(deps, sbom) };
      },
    }),
  ];
}

/** Errors: invalid/sbom_encoding. */
function decodeBase64(text: string): Buffer {
  // Node passes over what is not base64, which would store something else than was sent.
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return Buffer.from(text, "base64");
  throw new DomainError("invalid", "sbom_encoding", "compressed_sbom is not base64, with padding.");
}
