import { Type, type Static } from "typebox";
import { Compile } from "typebox/compile";
import { describePackage } from "./package.ts";
import { mismatch, type ReadResult } from "./read-result.ts";

const Text = Type.Optional(Type.String());
const Identifier = Type.Object({ externalIdentifierType: Text, identifier: Text });
const SoftwarePackage = Type.Object({
  type: Type.Literal("software_Package"),
  spdxId: Type.String(),
  name: Type.String({ minLength: 1 }),
  software_packageVersion: Text,
  software_packageUrl: Text,
  software_primaryPurpose: Text,
  externalIdentifier: Type.Optional(Type.Array(Identifier)),
});
type SoftwarePackage = Static<typeof SoftwarePackage>;
const softwarePackage = Compile(SoftwarePackage);

const Collection = Type.Object({ rootElement: Type.Array(Type.String()) });
const collection = Compile(Collection);

const Document = Type.Object({
  "@graph": Type.Array(Type.Object({ type: Type.Optional(Type.Unknown()) })),
});
const document = Compile(Document);

/** As SPDX 2: all packages but the one that the document is about. Source: SPDX 3.0, JSON-LD. */
export function readSpdx3(value: unknown): ReadResult {
  if (!document.Check(value)) return { unreadableBecause: mismatch(document, value) };
  const packages: SoftwarePackage[] = [];
  const roots = new Set<string>();
  for (const element of value["@graph"]) {
    if (element.type === "software_Package") {
      if (!softwarePackage.Check(element))
        return { unreadableBecause: `a package: ${mismatch(softwarePackage, element)}` };
      packages.push(element);
    } else if (collection.Check(element)) {
      for (const id of element.rootElement) roots.add(id);
    }
  }
  const described = packages.filter((one) => roots.has(one.spdxId));
  const isSystem = (one: SoftwarePackage) => one.software_primaryPurpose === "operatingSystem";
  const system = packages.find(isSystem);
  const distro = system === undefined ? "" : `${system.name}-${system.software_packageVersion ?? ""}`.toLowerCase();
  return {
    packages: packages
      .filter((one) => !(described.length === 1 && described[0] === one) && !isSystem(one))
      .map((one) =>
        describePackage({ name: one.name, version: one.software_packageVersion, purl: purlOf(one) }, distro),
      ),
  };
}

function purlOf(one: SoftwarePackage): string {
  const identifier = one.externalIdentifier?.find((id) => id.externalIdentifierType === "packageUrl");
  return one.software_packageUrl ?? identifier?.identifier ?? "";
}
