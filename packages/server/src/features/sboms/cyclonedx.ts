import { Type, type Static } from "typebox";
import { Compile } from "typebox/compile";
import { describePackage, readSourceRpm, type Package, type PackageSource } from "./package.ts";
import { mismatch, type ReadResult } from "./read-result.ts";

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Property = Type.Object({ name: Text, value: Text });
const Component = Type.Object({
  type: Text,
  group: Text,
  name: Type.String({ minLength: 1 }),
  version: Text,
  purl: Text,
  properties: Type.Optional(Type.Union([Type.Array(Property), Type.Null()])),
  components: Type.Optional(Type.Union([Type.Array(Type.Unknown()), Type.Null()])),
});
type Component = Static<typeof Component>;
const component = Compile(Component);

const Document = Type.Object({
  bomFormat: Type.Literal("CycloneDX"),
  specVersion: Type.String(),
  metadata: Type.Optional(Type.Union([Type.Object({ component: Type.Optional(Type.Unknown()) }), Type.Null()])),
  components: Type.Optional(Type.Union([Type.Array(Type.Unknown()), Type.Null()])),
});
const document = Compile(Document);

// Not software: single files, and keys and certificates. The operating system says what its packages are packages of.
const notPackages: ReadonlySet<string> = new Set(["file", "data", "cryptographic-asset", "operating-system"]);

/**
 * The components of a document, those inside others included; the one that the document is about is not among them.
 * Source: CycloneDX JSON 1.2 to 1.6.
 */
export function readCycloneDx(value: unknown): ReadResult {
  if (!document.Check(value)) return { unreadableBecause: mismatch(document, value) };
  const components: Component[] = [];
  // A stack and no recursion: how deep a document nests is up to whoever wrote it.
  const left = [...(value.components ?? [])].reverse();
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (!component.Check(next)) return { unreadableBecause: `a component: ${mismatch(component, next)}` };
    components.push(next);
    for (const inner of [...(next.components ?? [])].reverse()) left.push(inner);
  }
  const about = value.metadata?.component;
  const all = component.Check(about) ? [about, ...components] : components;
  const system = all.find((one) => one.type === "operating-system");
  const distro = system === undefined ? "" : `${system.name}-${system.version ?? ""}`.toLowerCase();
  return {
    packages: components.filter((one) => !notPackages.has(one.type ?? "")).map((one) => toPackage(one, distro)),
  };
}

function toPackage(one: Component, distro: string): Package {
  // A scope is part of an npm package's name, and some tools write it apart.
  const name = one.group?.startsWith("@") === true && !one.name.startsWith("@") ? `${one.group}/${one.name}` : one.name;
  return describePackage({ name, version: one.version, purl: one.purl, source: readSource(one) }, distro);
}

/** Source: aquasecurity/trivy, pkg/sbom/core/bom.go; anchore/syft, syft/format/internal/cyclonedxutil. */
function readSource(one: Component): PackageSource | undefined {
  if (one.properties == null) return undefined;
  const properties = new Map(one.properties.map(({ name, value }) => [name ?? "", value ?? ""]));
  const trivy = (key: string) => properties.get(`aquasecurity:trivy:${key}`) ?? "";
  const syft = (key: string) => properties.get(`syft:metadata:${key}`) ?? "";
  if (trivy("SrcName") !== "") {
    const epoch = trivy("SrcEpoch") === "" ? "" : `${trivy("SrcEpoch")}:`;
    const release = trivy("SrcRelease") === "" ? "" : `-${trivy("SrcRelease")}`;
    return { name: trivy("SrcName"), version: `${epoch}${trivy("SrcVersion")}${release}` };
  }
  if (syft("sourceRpm") !== "") return readSourceRpm(syft("sourceRpm"));
  const name = syft("source") || syft("originPackage");
  return name === "" ? undefined : { name, version: syft("sourceVersion") };
}
