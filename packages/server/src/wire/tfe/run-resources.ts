import { findPoolOfAgent } from "../../features/agent-pools/index.ts";
import type { Actor } from "../../features/access/index.ts";
import {
  listHistoryIds,
  listPhases,
  listStages,
  readRunVariables,
  type Phase,
  type Run,
} from "../../features/runs/index.ts";
import type { Resource } from "./json-api.ts";
import { presentPhase, presentRun } from "./present-run.ts";
import { signLink } from "./signed-links.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/** Runs with what their documents need besides the rows; five statements however many they are. */
export async function loadRunResources(
  deps: TfeDeps,
  actor: Actor,
  runs: readonly Run[],
  positions: ReadonlyMap<string, number> = new Map(),
): Promise<Resource[]> {
  const ids = runs.map((run) => run.id);
  const phases = await listPhases(deps.db, ids);
  const stages = await listStages(deps.db, ids);
  const history = await listHistoryIds(deps.db, ids);
  const variables = await readRunVariables(deps.db, deps.sealer, ids);
  return runs.map((run) =>
    presentRun({
      run,
      actor,
      now: deps.now(),
      phases: phases.filter((phase) => phase.runId === run.id),
      stageIds: stages.filter((stage) => stage.runId === run.id).map((stage) => stage.id),
      commentIds: history.comments.get(run.id) ?? [],
      eventIds: history.events.get(run.id) ?? [],
      positionInQueue: positions.get(run.id) ?? 0,
      variables: (variables.get(run.id) ?? []).map(({ key, value }) => ({ key, value })),
    }),
  );
}

export async function phaseResource(deps: TfeDeps, phase: Phase): Promise<Resource> {
  const pool = phase.agentId === null ? undefined : await findPoolOfAgent(deps.db, phase.agentId);
  return presentPhase(phase, { logReadUrl: await signLink(deps, "log", phase.id), pool });
}
