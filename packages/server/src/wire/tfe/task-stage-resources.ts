import { listEvaluations, listSetOutcomes } from "../../features/policy-evaluations/index.ts";
import type { TaskStage } from "../../features/runs/index.ts";
import { countOutcomesOf, listOverrides, listResults, type TaskResult } from "../../features/task-stages/index.ts";
import type { Resource } from "./json-api.ts";
import { presentEvaluation } from "./present-policy-evaluation.ts";
import { presentResult, presentStage } from "./present-task-stage.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/** Stages with what belongs to them; a few statements however many they are. */
export async function loadStages(
  deps: TfeDeps,
  stages: readonly TaskStage[],
  options: {
    readonly wanted: ReadonlySet<string>;
    /** The runs whose stages the caller may override. */
    readonly mayOverride: ReadonlySet<string>;
  },
): Promise<{ readonly resources: Resource[]; readonly included: Resource[] }> {
  const ids = stages.map((stage) => stage.id);
  const results = await listResults(deps.db, deps.sealer, ids);
  const overrides = await listOverrides(deps.db, ids);
  const evaluations = await listEvaluations(deps.db, ids);
  const included: Resource[] = [];
  if (options.wanted.has("policy_evaluations")) {
    const outcomes = await listSetOutcomes(
      deps.db,
      evaluations.map(({ id }) => id),
    );
    for (const stage of stages) {
      const ofStage = evaluations.filter((evaluation) => evaluation.stageId === stage.id);
      included.push(...ofStage.map((evaluation) => presentEvaluation(evaluation, stage, outcomes)));
    }
  }
  if (options.wanted.has("task_results")) {
    for (const stage of stages) {
      const ofStage = results.filter((result) => result.stageId === stage.id);
      included.push(...(await loadResults(deps, ofStage, stage)));
    }
  }
  const resources = stages.map((stage) =>
    presentStage(stage, {
      resultIds: results.filter((result) => result.stageId === stage.id).map((result) => result.id),
      evaluationIds: evaluations.filter((one) => one.stageId === stage.id).map((one) => one.id),
      override: overrides.find((override) => override.stageId === stage.id),
      mayOverride: options.mayOverride.has(stage.runId),
    }),
  );
  return { resources, included };
}

export async function loadResults(
  deps: Pick<TfeDeps, "db">,
  results: readonly TaskResult[],
  stage: TaskStage,
): Promise<Resource[]> {
  const counts = await countOutcomesOf(
    deps.db,
    results.map((result) => result.id),
  );
  return results.map((result) => presentResult(result, stage, counts.get(result.id) ?? 0));
}
