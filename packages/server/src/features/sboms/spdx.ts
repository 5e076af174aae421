import { Type, type Static } from "typebox";
import { Compile } from "typebox/compile";
import { describePackage, type PackageSource } from "./package.ts";
import { mismatch, type ReadResult } from "./read-result.ts";

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const ExternalReference = Type.Object({ referenceType: Text, referenceLocator: Text });
const SpdxPackage = Type.Object({
  SPDXID: Type.String(),
  name: Type.String({ minLength: 1 }),
  versionInfo: Text,
  primaryPackagePurpose: Text,
  sourceInfo: Text,
  externalRefs: Type.Optional(Type.Union([Type.Array(ExternalReference), Type.Null()])),
});
type SpdxPackage = Static<typeof SpdxPackage>;
const Relationship = Type.Object({
  spdxElementId: Text,
  relationshipType: Text,
  relatedSpdxElement: Text,
});
const Document = Type.Object({
  spdxVersion: Type.String({ pattern: "^SPDX-2\\." }),
  packages: Type.Optional(Type.Union([Type.Array(SpdxPackage), Type.Null()])),
  relationships: Type.Optional(Type.Union([Type.Array(Relationship), Type.Null()])),
  documentDescribes: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
});
type Document = Static<typeof Document>;
const document = Compile(Document);

/**
 * The packages of a document but the one that it is about, which is the image itself. A document that describes several
 * is about none of them. Source: SPDX 2.2 and 2.3, JSON.
 */
export function readSpdx2(value: unknown): ReadResult {
  if (!document.Check(value)) return { unreadableBecause: mismatch(document, value) };
  const packages = value.packages ?? [];
  const described = new Set(describedIds(value));
  const isSubject = (one: SpdxPackage) => described.size === 1 && described.has(one.SPDXID);
  const isSystem = (one: SpdxPackage) => one.primaryPackagePurpose === "OPERATING-SYSTEM";
  const system = packages.find(isSystem);
  const distro = system === undefined ? "" : `${system.name}-${said(system.versionInfo)}`.toLowerCase();
  return {
    packages: packages
      .filter((one) => !isSubject(one) && !isSystem(one))
      .map((one) =>
        describePackage(
          { name: one.name, version: said(one.versionInfo), purl: purlOf(one), source: readSource(one.sourceInfo) },
          distro,
        ),
      ),
  };
}

function describedIds(value: Document): string[] {
  const related = (value.relationships ?? []).flatMap((one) => {
    if (one.relationshipType === "DESCRIBES" && one.spdxElementId === "SPDXRef-DOCUMENT") {
      return [one.relatedSpdxElement ?? ""];
    }
    if (one.relationshipType === "DESCRIBED_BY" && one.relatedSpdxElement === "SPDXRef-DOCUMENT") {
      return [one.spdxElementId ?? ""];
    }
    return [];
  });
  return [...related, ...(value.documentDescribes ?? [])];
}

function purlOf(one: SpdxPackage): string {
  return one.externalRefs?.find((reference) => reference.referenceType === "purl")?.referenceLocator ?? "";
}

/** SPDX has two words for a value that is not there. */
function said(text: string | null | undefined): string {
  return text === "NOASSERTION" || text === "NONE" ? "" : (text ?? "");
}

/** `built package from: openssl 3.0.11-1~deb12u2`. Source: aquasecurity/trivy, pkg/sbom/spdx/marshal.go. */
function readSource(sourceInfo: string | null | undefined): PackageSource | undefined {
  const [, name, version] = /^built package from: (\S+) (\S+)$/.exec(sourceInfo ?? "") ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}
