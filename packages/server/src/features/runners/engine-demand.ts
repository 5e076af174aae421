import type { ClaimRequest, EngineName, RunnerJob } from "@ingot/runner/protocol";

/** What a workspace asks of the engine that runs it. See the docstring of `Workspace`. */
export interface EngineDemand {
  readonly engineName: EngineName | null;
  /** A version, or a constraint such as `~> 1.9.0`. */
  readonly engineVersion: string | null;
}

type Engines = ClaimRequest["engines"];

/** Whether a runner may claim the work. A constraint is left to the runner, which knows how to compare versions. */
export function canServe(engines: Engines, demand: EngineDemand): boolean {
  const version = demand.engineVersion;
  const named = engines.filter((engine) => demand.engineName === null || engine.name === demand.engineName);
  return version !== null && /^v?\d+\.\d+\.\d+/.test(version)
    ? named.some((engine) => engine.version === version.replace(/^v/, ""))
    : named.length > 0 || (engines.length === 0 && demand.engineName === null);
}

/** What this runner is told: a demand as it is, and the wish for the client's engine only when the runner has it. */
export function engineFor(
  engines: Engines,
  workspace: EngineDemand & { readonly clientEngine: EngineName | null },
): RunnerJob["engine"] {
  const wish = engines.some((engine) => engine.name === workspace.clientEngine) ? workspace.clientEngine : null;
  return { name: workspace.engineName ?? wish, version: workspace.engineVersion };
}
