import {
  compareApkVersions,
  compareDebVersions,
  compareMavenVersions,
  comparePep440Versions,
  compareRpmVersions,
  compareSemverVersions,
  type VersionOrder,
} from "../../platform/version-order/index.ts";

/** Whether advisories for a release of a distribution apply to packages of another spelling of it. */
type ReleaseRule = (advised: string, release: string) => boolean;

interface EcosystemRules {
  readonly compare: VersionOrder;
  /** Absent: versions mean the same everywhere, as on npm. */
  readonly appliesTo?: ReleaseRule;
}

// `9` applies to 9.4; `3.0` to 3.0 only.
const sameOrWithin: ReleaseRule = (advised, release) => release === advised || release.startsWith(`${advised}.`);

/** The ecosystems that packages can be judged in. Names and releases as in the OSV schema, `affected[].package.ecosystem`. */
const rules = {
  Debian: { compare: compareDebVersions, appliesTo: sameOrWithin },
  // Not the releases of special kernels and certified modules. A fix for subscribers says that everybody else is affected.
  Ubuntu: {
    compare: compareDebVersions,
    appliesTo: (advised, release) => /^(?:Pro:)?([0-9.]+)(?::LTS)?$/.exec(advised)?.[1] === release,
  },
  Alpine: {
    compare: compareApkVersions,
    appliesTo: (advised, release) => sameOrWithin(advised.replace(/^v/, ""), release),
  },
  Wolfi: { compare: compareApkVersions },
  Chainguard: { compare: compareApkVersions },
  AlmaLinux: { compare: compareRpmVersions, appliesTo: sameOrWithin },
  "Rocky Linux": { compare: compareRpmVersions, appliesTo: sameOrWithin },
  // A product stream: enterprise_linux:9::appstream. Streams with extended support have builds of their own.
  "Red Hat": {
    compare: compareRpmVersions,
    appliesTo: (advised, release) => {
      const product = /^enterprise_linux:([0-9.]+)(?::|$)/.exec(advised)?.[1];
      return product !== undefined && sameOrWithin(product, release);
    },
  },
  SUSE: {
    compare: compareRpmVersions,
    appliesTo: (advised, release) => /^Linux Enterprise (?!Micro)/.test(advised) && serviceRelease(advised) === release,
  },
  openSUSE: {
    compare: compareRpmVersions,
    appliesTo: (advised, release) =>
      advised.toLowerCase() === release || (advised.startsWith("Leap ") && serviceRelease(advised) === release),
  },
  Mageia: { compare: compareRpmVersions, appliesTo: sameOrWithin },
  "Azure Linux": { compare: compareRpmVersions, appliesTo: sameOrWithin },
  "Photon OS": { compare: compareRpmVersions, appliesTo: sameOrWithin },
  npm: { compare: compareSemverVersions },
  "crates.io": { compare: compareSemverVersions },
  Go: { compare: compareSemverVersions },
  PyPI: { compare: comparePep440Versions },
  Maven: { compare: compareMavenVersions },
} as const satisfies Record<string, EcosystemRules>;

export type Ecosystem = keyof typeof rules;
export const ecosystems = Object.keys(rules) as Ecosystem[];

/** By the name or the beginning of a name with a release, as `Debian:12`; undefined for those that cannot be judged. */
export function parseEcosystem(text: string): { readonly ecosystem: Ecosystem; readonly release: string } | undefined {
  for (const ecosystem of ecosystems) {
    if (text === ecosystem) return { ecosystem, release: "" };
    if (text.startsWith(`${ecosystem}:`)) return { ecosystem, release: text.slice(ecosystem.length + 1) };
  }
  return undefined;
}

export function orderOf(ecosystem: Ecosystem): VersionOrder {
  return rules[ecosystem].compare;
}

/** Whether a package must say which release it is of before it can be judged. */
export function hasReleases(ecosystem: Ecosystem): boolean {
  return "appliesTo" in rules[ecosystem];
}

/** Whether what is advised for a release (empty: all of them) is about packages of this one. */
export function appliesTo(ecosystem: Ecosystem, advised: string, release: string): boolean {
  const known: EcosystemRules = rules[ecosystem];
  return advised === "" || known.appliesTo === undefined || known.appliesTo(advised, release);
}

/** `Server 15 SP5` is 15.5, `Leap 15.5` too. */
function serviceRelease(product: string): string | undefined {
  const [, major, minor, servicePack] = /([0-9]+)(?:\.([0-9]+))?(?: SP([0-9]+))?/.exec(product) ?? [];
  const second = minor ?? servicePack;
  return second === undefined ? major : `${major}.${second}`;
}
