import { createHash } from "node:crypto";
import { PackageURL } from "packageurl-js";

/** One piece of software, as an SBOM names it. Empty texts: the SBOM does not say. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** As it was written, also when it cannot be read. */
  readonly purl: string;
  /** Of the purl: `deb`, `rpm`, `npm`, …; empty without a purl that can be read. */
  readonly type: string;
  readonly namespace: string;
  /** The name inside the purl; `name` without one. */
  readonly purlName: string;
  /** Of packages of an operating system: `debian-12`, `alpine-3.19.1`. */
  readonly distro: string;
  /** What it was built from, where that is called otherwise. */
  readonly sourceName: string;
  readonly sourceVersion: string;
  /** Of an rpm. */
  readonly epoch: string;
}

/** What the readers of all formats find. */
export interface FoundPackage {
  readonly name: string;
  readonly version?: string | null | undefined;
  readonly purl?: string | null | undefined;
  readonly source?: PackageSource | undefined;
}

export interface PackageSource {
  readonly name: string;
  readonly version: string;
}

const osPackageTypes: ReadonlySet<string> = new Set(["deb", "rpm", "apk", "alpm"]);

/** `distro` is that of the operating system the document describes; the purl's own goes before it. */
export function describePackage(found: FoundPackage, distro: string): Package {
  const purlText = found.purl ?? "";
  const purl = readPurl(purlText);
  const source = purl?.source ?? found.source;
  return {
    name: found.name,
    version: found.version ?? "",
    purl: purlText,
    type: purl?.type ?? "",
    namespace: purl?.namespace ?? "",
    purlName: purl?.name ?? found.name,
    distro: purl === undefined || !osPackageTypes.has(purl.type) ? "" : purl.distro || distro,
    sourceName: source?.name ?? "",
    sourceVersion: source?.version ?? "",
    epoch: purl?.epoch ?? "",
  };
}

interface Purl {
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
  readonly distro: string;
  readonly source: PackageSource | undefined;
  readonly epoch: string;
}

/** Undefined for a text that is no package URL. */
function readPurl(text: string): Purl | undefined {
  if (text === "") return undefined;
  const [path = "", ...qualifierParts] = text.split("?");
  // A plus in a qualifier is a plus: Debian's versions have them. The parser takes it for a space.
  const plusKept = [path, ...qualifierParts.map((part) => part.replaceAll("+", "%2B"))].join("?");
  try {
    const { type, namespace, name, qualifiers } = PackageURL.fromString(plusKept);
    if (type === undefined || name === undefined) return undefined;
    const named = qualifiers ?? {};
    return {
      type,
      namespace: namespace ?? "",
      name,
      distro: readDistro(named["distro"] ?? "", namespace ?? ""),
      source: readUpstream(named["upstream"] ?? "", type),
      epoch: named["epoch"] ?? "",
    };
  } catch {
    return undefined;
  }
}

/** Trivy writes the release alone for Alpine: `3.19.1`. */
function readDistro(qualifier: string, namespace: string): string {
  return (/^\d/.test(qualifier) && namespace !== "" ? `${namespace}-${qualifier}` : qualifier).toLowerCase();
}

/** `openssl@3.0.11-1`, `busybox`, or the file name of a source rpm. Source: anchore/syft, syft/pkg/…/package.go. */
function readUpstream(upstream: string, type: string): PackageSource | undefined {
  if (upstream === "") return undefined;
  if (type === "rpm") return readSourceRpm(upstream);
  const at = upstream.lastIndexOf("@");
  return at <= 0 ? { name: upstream, version: "" } : { name: upstream.slice(0, at), version: upstream.slice(at + 1) };
}

/** `bash-5.1.8-6.el9.src.rpm`: name, version and release, whatever hyphens are in the name. */
export function readSourceRpm(file: string): PackageSource {
  const [, name, version] = /^(.+)-([^-]+-[^-]+?)(?:\.(?:no)?src\.rpm)$/.exec(file) ?? [];
  return name === undefined || version === undefined ? { name: file, version: "" } : { name, version };
}

/** The same package of the same project always gets the same id. */
export function packageId(projectId: string, one: Package): string {
  const { name, version, purl, type, namespace, purlName, distro, sourceName, sourceVersion, epoch } = one;
  return digest([projectId, name, version, purl, type, namespace, purlName, distro, sourceName, sourceVersion, epoch]);
}

/** What packages share that are one line of a list. */
export function listedAs(one: Pick<Package, "name" | "version" | "purl">): string {
  return digest([one.name, one.version, one.purl]);
}

// 132 bits, which no two packages share by chance.
const digestCharacters = 22;

function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, digestCharacters);
}
