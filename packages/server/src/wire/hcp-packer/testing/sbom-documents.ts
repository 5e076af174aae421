import { zstdFrame } from "../../../testing/zstd-frame.ts";

interface NamedPackage {
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
}

/** A document of the CycloneDX format, as a text. */
export function cycloneDxOf(packages: readonly NamedPackage[]): string {
  const components = packages.map((one) => ({ type: "library", ...one }));
  return JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.5", version: 1, components });
}

/** A document of the SPDX format about an image of this name, as a text. */
export function spdxOf(image: string, packages: readonly NamedPackage[]): string {
  return JSON.stringify({
    spdxVersion: "SPDX-2.3",
    SPDXID: "SPDXRef-DOCUMENT",
    packages: [
      { SPDXID: "SPDXRef-image", name: image, versionInfo: "1" },
      ...packages.map((one, i) => ({
        SPDXID: `SPDXRef-${i}`,
        name: one.name,
        versionInfo: one.version ?? "NOASSERTION",
        ...(one.purl === undefined
          ? {}
          : {
              externalRefs: [
                { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: one.purl },
              ],
            }),
      })),
    ],
    relationships: [
      { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-image" },
    ],
  });
}

/** The body that uploads a text. */
export function uploadOf(text: string, more: { readonly name?: string; readonly format?: string } = {}) {
  return { compressed_sbom: zstdFrame(Buffer.from(text)).toString("base64"), format: "CYCLONEDX", ...more };
}
