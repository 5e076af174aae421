/** Something that a workspace's configuration fetches: a provider, or a module from elsewhere. */
export interface Dependency {
  readonly kind: "provider" | "module";
  /** With the host: `registry.terraform.io/hashicorp/aws`; of a module also any other address, as the configuration has it. */
  readonly source: string;
  /** Empty: not known. A state names providers without versions, and a module from a repository has none. */
  readonly version: string;
  /** Whether a run has said so; otherwise it was read out of a state. */
  readonly reported: boolean;
}

/** What a run says that its configuration uses. */
export interface ReportedDependencies {
  readonly providers: readonly { readonly source: string; readonly version: string }[];
  readonly modules: readonly { readonly source: string; readonly version: string }[];
}

/** A run's word replaces all that was known of modules, and of the providers that it names. */
export function afterReport(known: readonly Dependency[], report: ReportedDependencies): Dependency[] {
  const reported: Dependency[] = [
    ...report.providers.map((one) => ({ ...one, kind: "provider" as const, reported: true })),
    ...report.modules.map((one) => ({ ...one, kind: "module" as const, reported: true })),
  ];
  const named = new Set(report.providers.map(({ source }) => source));
  return distinct([...reported, ...known.filter((one) => !one.reported && !named.has(one.source))]);
}

/**
 * A state says which providers have resources, though not in which version: what a run has said of them stays, unless the
 * workspace's runs are elsewhere, where nobody says anything.
 */
export function afterState(
  known: readonly Dependency[],
  state: { readonly providers: readonly string[]; readonly runsElsewhere: boolean },
): Dependency[] {
  const reported = state.runsElsewhere ? [] : known.filter((one) => one.reported);
  const named = new Set(reported.map(({ source }) => source));
  const found = state.providers.filter((source) => !named.has(source));
  return distinct([
    ...reported,
    ...found.map((source) => ({ kind: "provider" as const, source, version: "", reported: false })),
  ]);
}

function distinct(dependencies: readonly Dependency[]): Dependency[] {
  const byKey = new Map(dependencies.map((one) => [keyOf(one), one]));
  return [...byKey.keys()].sort().map((key) => byKey.get(key) as Dependency);
}

function keyOf({ kind, source, version }: Dependency): string {
  return JSON.stringify([kind, source, version]);
}

export function sameDependencies(some: readonly Dependency[], others: readonly Dependency[]): boolean {
  const keys = (list: readonly Dependency[]) => distinct(list).map((one) => `${keyOf(one)} ${one.reported}`);
  return JSON.stringify(keys(some)) === JSON.stringify(keys(others));
}

/** `aws` of `registry.terraform.io/hashicorp/aws`; of a module the name in its registry, or of its directory. */
export function nameOf({ kind, source }: Pick<Dependency, "kind" | "source">): string {
  const path = source
    .replace(/\?.*$/, "")
    .replace(/\.git$/, "")
    .split("/")
    .filter((part) => part !== "");
  const isOfRegistry = kind === "module" && /^[^/:]+\.[^/:]+\/[^/:]+\/[^/:]+\/[^/:]+$/.test(source);
  return (isOfRegistry ? path.at(-2) : path.at(-1)) ?? source;
}

/** As the explorer lists it in a workspace's row: `registry.terraform.io/providers/hashicorp/aws/5.1.0`. Source: HCP Terraform API, explorer. */
export function describeDependency({ kind, source, version }: Dependency): string {
  const address = kind === "provider" ? source.replace("/", "/providers/") : source;
  return version === "" ? address : `${address}/${version}`;
}

/** Those that are not counted as resources under management. Source: HCP Terraform, managed resources. */
const unbilledTypes: ReadonlySet<string> = new Set(["null_resource", "terraform_data"]);

export function countBillable(resources: readonly { readonly providerType: string }[]): number {
  return resources.filter(({ providerType }) => !unbilledTypes.has(providerType)).length;
}
