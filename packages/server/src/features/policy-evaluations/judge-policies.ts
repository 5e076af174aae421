import type { Db, Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { findRun, findStage } from "../runs/index.ts";
import type { EvaluationVerdict } from "../task-stages/index.ts";
import { moved } from "./evaluate-policies.ts";
import { listEvaluations, listSetOutcomes, saveEvaluation } from "./policy-evaluation-store.ts";
import { isOverridable, problemOf } from "./policy-evaluation.ts";

/**
 * What the policies of a stage have come to. Nobody overrides what no apply would follow: a plan alone, or one without
 * changes. Source: the published API, override policies.
 */
export async function listVerdicts(db: Db, stageId: string): Promise<EvaluationVerdict[]> {
  const evaluations = await listEvaluations(db, [stageId]);
  if (evaluations.length === 0) return [];
  const stage = await findStage(db, stageId);
  const run = stage && (await findRun(db, stage.runId));
  const canApply = run !== undefined && !run.planOnly && ((run.hasChanges ?? true) || run.allowEmptyApply);
  const outcomes = await listSetOutcomes(
    db,
    evaluations.map(({ id }) => id),
  );
  return evaluations.map(({ id, status }) => {
    const ofEvaluation = outcomes.filter((outcome) => outcome.evaluationId === id);
    return { status, isOverridable: canApply && isOverridable(ofEvaluation), problem: problemOf(ofEvaluation) };
  });
}

/** Takes the failed evaluations of a stage as overridden. The caller has locked the run. */
export async function overrideEvaluations(tx: Tx, stageId: string, now: Millis): Promise<void> {
  for (const evaluation of await listEvaluations(tx, [stageId])) {
    if (evaluation.status === "failed") await saveEvaluation(tx, moved(evaluation, "overridden", now));
  }
}
