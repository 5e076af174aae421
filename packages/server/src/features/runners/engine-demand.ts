import type { ClaimRequest, EngineName, RunnerJob } from "@ingot/runner/protocol";

/** What a workspace asks of the engine that runs it. See the docstring of `Workspace`. */
export interface EngineDemand {
  readonly engineName: EngineName | null;
  /** A version, or a constraint such as `~> 1.9.0`. */
  readonly engineVersion: string | null;
}

/** What a runner has, and what it fetches. */
type Offer = Pick<ClaimRequest, "engines" | "downloads">;

/** Whether a runner may claim the work. A constraint is left to the runner, which knows how to compare versions. */
export function canServe({ engines, downloads = [] }: Offer, demand: EngineDemand): boolean {
  if (downloads.some((name) => demand.engineName === null || name === demand.engineName)) return true;
  const version = demand.engineVersion;
  const named = engines.filter((engine) => demand.engineName === null || engine.name === demand.engineName);
  return version !== null && /^v?\d+\.\d+\.\d+/.test(version)
    ? named.some((engine) => engine.version === version.replace(/^v/, ""))
    : named.length > 0 || (engines.length === 0 && demand.engineName === null);
}

/** The names of the engines that work may demand of a runner. */
export function enginesOf({ engines, downloads = [] }: Offer): EngineName[] {
  return [...new Set([...engines.map((engine) => engine.name), ...downloads])];
}

/** What this runner is told: a demand as it is, and the wish for the client's engine only when the runner has it. */
export function engineFor(
  { engines, downloads = [] }: Offer,
  workspace: EngineDemand & { readonly clientEngine: EngineName | null },
): RunnerJob["engine"] {
  const names = [...engines.map((engine) => engine.name), ...downloads];
  const wish =
    workspace.clientEngine !== null && names.includes(workspace.clientEngine) ? workspace.clientEngine : null;
  return { name: workspace.engineName ?? wish, version: workspace.engineVersion };
}
