import type { Actor } from "../../features/access/index.ts";
import { listPhases, readRunVariables, type Phase, type Run } from "../../features/runs/index.ts";
import type { Resource } from "./json-api.ts";
import { presentPhase, presentRun } from "./present-run.ts";
import { signLink } from "./signed-links.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/** Runs with what their documents need besides the rows; two statements however many they are. */
export async function loadRunResources(
  deps: TfeDeps,
  actor: Actor,
  runs: readonly Run[],
  positions: ReadonlyMap<string, number> = new Map(),
): Promise<Resource[]> {
  const ids = runs.map((run) => run.id);
  const phases = await listPhases(deps.db, ids);
  const variables = await readRunVariables(deps.db, deps.sealer, ids);
  return runs.map((run) =>
    presentRun({
      run,
      actor,
      now: deps.now(),
      phases: phases.filter((phase) => phase.runId === run.id),
      positionInQueue: positions.get(run.id) ?? 0,
      variables: (variables.get(run.id) ?? []).map(({ key, value }) => ({ key, value })),
    }),
  );
}

export async function phaseResource(deps: TfeDeps, phase: Phase): Promise<Resource> {
  return presentPhase(phase, await signLink(deps, "log", phase.id));
}
