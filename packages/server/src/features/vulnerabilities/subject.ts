import { hasReleases, type Ecosystem } from "./ecosystem.ts";

/** What an SBOM says of a package, as far as advisories can be looked up by it. Empty texts: it does not say. */
export interface AdvisedPackage {
  /** Of the purl, `deb`; with its namespace and name. */
  readonly type: string;
  readonly namespace: string;
  readonly purlName: string;
  readonly version: string;
  /** `debian-12`, `alpine-3.19.1`. */
  readonly distro: string;
  readonly sourceName: string;
  readonly sourceVersion: string;
  readonly epoch: string;
}

/** One name and version to look advisories up by. */
export interface AdvisedName {
  readonly name: string;
  readonly version: string;
}

export interface Subject {
  readonly ecosystem: Ecosystem;
  /** Empty where versions mean the same everywhere. */
  readonly release: string;
  readonly names: readonly AdvisedName[];
}

/** Why nothing can be said about a package. */
export type Obstacle = "no_ecosystem" | "no_release" | "no_version";

export type SubjectOrObstacle =
  { readonly subject: Subject } | { readonly obstacle: Obstacle; readonly ecosystem: Ecosystem | null };

/** What to look up for a package, or why it cannot be looked up. Source: the purl types and the OSV ecosystems. */
export function subjectOf(item: AdvisedPackage): SubjectOrObstacle {
  const { id, release } = parseDistro(item.distro);
  const ecosystem = ecosystemOf(item, id);
  if (ecosystem === undefined) return { obstacle: "no_ecosystem", ecosystem: null };
  if (item.version === "" && item.sourceVersion === "") return { obstacle: "no_version", ecosystem };
  if (hasReleases(ecosystem) && release === "") return { obstacle: "no_release", ecosystem };
  return { subject: { ecosystem, release: hasReleases(ecosystem) ? release : "", names: namesOf(item) } };
}

const byType = new Map<string, Ecosystem>([
  ["npm", "npm"],
  ["cargo", "crates.io"],
  ["golang", "Go"],
  ["pypi", "PyPI"],
  ["maven", "Maven"],
]);

// By the id of the distribution in os-release, and by what purls have as namespace.
const byDistribution = new Map<string, ReadonlyMap<string, Ecosystem>>([
  ["deb", mapOf({ debian: "Debian", ubuntu: "Ubuntu" })],
  ["apk", mapOf({ alpine: "Alpine", wolfi: "Wolfi", chainguard: "Chainguard" })],
  [
    "rpm",
    mapOf({
      almalinux: "AlmaLinux",
      rocky: "Rocky Linux",
      rockylinux: "Rocky Linux",
      rhel: "Red Hat",
      redhat: "Red Hat",
      sles: "SUSE",
      suse: "SUSE",
      opensuse: "openSUSE",
      "opensuse-leap": "openSUSE",
      "opensuse-tumbleweed": "openSUSE",
      mageia: "Mageia",
      azurelinux: "Azure Linux",
      mariner: "Azure Linux",
      photon: "Photon OS",
    }),
  ],
]);

function mapOf<Value>(entries: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(entries));
}

function ecosystemOf(item: AdvisedPackage, distribution: string): Ecosystem | undefined {
  const distributions = byDistribution.get(item.type);
  return distributions === undefined
    ? byType.get(item.type)
    : (distributions.get(distribution) ?? distributions.get(item.namespace.toLowerCase()));
}

function namesOf(item: AdvisedPackage): AdvisedName[] {
  const { type, namespace, purlName: name, version } = item;
  switch (type) {
    case "npm":
    case "golang":
      return [{ name: namespace === "" ? name : `${namespace}/${name}`, version }];
    case "maven":
      return [{ name: `${namespace}:${name}`, version }];
    case "pypi":
      // Source: PEP 503, normalized names.
      return [{ name: name.toLowerCase().replaceAll(/[-_.]+/g, "-"), version }];
    case "rpm":
      return rpmNames(item);
    default: {
      const source = item.sourceName === "" ? name : item.sourceName;
      return [{ name: source, version: item.sourceVersion === "" ? version : item.sourceVersion }];
    }
  }
}

/** Some distributions advise on source packages, others on what is installed. */
function rpmNames(item: AdvisedPackage): AdvisedName[] {
  const own = { name: item.purlName, version: withEpoch(item.version, item.epoch) };
  if (item.sourceName === "") return [own];
  // The name of a source package's file has no epoch; it is that of the package where the versions are the same.
  const sameBuild = item.sourceVersion === "" || item.sourceVersion === item.version.replace(/^[0-9]+:/, "");
  const source = { name: item.sourceName, version: sameBuild ? own.version : item.sourceVersion };
  return source.name === own.name && source.version === own.version ? [own] : [source, own];
}

function withEpoch(version: string, epoch: string): string {
  return epoch === "" || version.includes(":") ? version : `${epoch}:${version}`;
}

// Releases that are named rather than numbered. Source: distro-info-data, debian.csv and ubuntu.csv.
const codeNames = mapOf({
  wheezy: { id: "debian", release: "7" },
  jessie: { id: "debian", release: "8" },
  stretch: { id: "debian", release: "9" },
  buster: { id: "debian", release: "10" },
  bullseye: { id: "debian", release: "11" },
  bookworm: { id: "debian", release: "12" },
  trixie: { id: "debian", release: "13" },
  forky: { id: "debian", release: "14" },
  sid: { id: "debian", release: "sid" },
  trusty: { id: "ubuntu", release: "14.04" },
  xenial: { id: "ubuntu", release: "16.04" },
  bionic: { id: "ubuntu", release: "18.04" },
  focal: { id: "ubuntu", release: "20.04" },
  jammy: { id: "ubuntu", release: "22.04" },
  noble: { id: "ubuntu", release: "24.04" },
});

/** `debian-12`, `bookworm`, `debian-bookworm`, `opensuse-leap-15.5`; empty texts for what is not there. */
function parseDistro(text: string): { readonly id: string; readonly release: string } {
  const distro = text.trim().toLowerCase();
  const named = codeNames.get(distro) ?? codeNames.get(distro.slice(distro.lastIndexOf("-") + 1));
  if (named !== undefined) return named;
  const [, id, release] = /^([a-z][a-z-]*?)[-_ :]v?([0-9][0-9.]*)/.exec(distro) ?? [];
  if (id === "opensuse-tumbleweed" || distro === "opensuse-tumbleweed") {
    return { id: "opensuse-tumbleweed", release: "tumbleweed" };
  }
  return { id: id ?? distro, release: release ?? "" };
}
