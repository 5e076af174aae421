import {
  findEvaluation,
  findSetOutcome,
  listEvaluations,
  listSetOutcomes,
  pageSetOutcomes,
  type OutcomeFilter,
  type PolicyEvaluation,
} from "../../features/policy-evaluations/index.ts";
import type { TaskStage } from "../../features/runs/index.ts";
import { getStage } from "../../features/task-stages/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import { document, pageDocument, pageOf, param } from "./json-api.ts";
import { presentEvaluation, presentSetOutcome } from "./present-policy-evaluation.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/** What policies have found. Source: go-tfe policy_evaluation.go. */
export function policyEvaluationRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/task-stages/:task_stage_id/policy-evaluations",
      needs: "run:read",
      audit: "policy-evaluation.list",
      handle: async (call) => {
        const { stage } = await getStage(deps, call.actor, param(call, "task_stage_id"));
        const page = pageOf(call);
        const evaluations = await listEvaluations(deps.db, [stage.id]);
        const outcomes = await listSetOutcomes(
          deps.db,
          evaluations.map(({ id }) => id),
        );
        const from = (page.number - 1) * page.size;
        const items = evaluations.slice(from, from + page.size);
        return pageDocument(page, { items, total: evaluations.length }, (one) =>
          presentEvaluation(one, stage, outcomes),
        );
      },
    },
    {
      method: "GET",
      path: "/policy-evaluations/:policy_evaluation_id",
      needs: "run:read",
      audit: "policy-evaluation.read",
      handle: async (call) => {
        const { evaluation, stage } = await visibleEvaluation(deps, call, param(call, "policy_evaluation_id"));
        return document(presentEvaluation(evaluation, stage, await listSetOutcomes(deps.db, [evaluation.id])));
      },
    },
    {
      method: "GET",
      path: "/policy-evaluations/:policy_evaluation_id/policy-set-outcomes",
      needs: "run:read",
      audit: "policy-evaluation.list-outcomes",
      handle: async (call) => {
        const { evaluation } = await visibleEvaluation(deps, call, param(call, "policy_evaluation_id"));
        const page = pageOf(call);
        const paged = await pageSetOutcomes(deps.db, evaluation.id, filtersOf(call), page);
        return pageDocument(page, paged, presentSetOutcome);
      },
    },
    {
      method: "GET",
      path: "/policy-set-outcomes/:policy_set_outcome_id",
      needs: "run:read",
      audit: "policy-evaluation.read-outcome",
      handle: async (call) => {
        const outcome = await findSetOutcome(deps.db, param(call, "policy_set_outcome_id"));
        if (outcome === undefined) throw evaluationNotFound();
        await visibleEvaluation(deps, call, outcome.evaluationId);
        return document(presentSetOutcome(outcome));
      },
    },
  ];
}

async function visibleEvaluation(
  deps: TfeDeps,
  call: Call,
  id: string,
): Promise<{ readonly evaluation: PolicyEvaluation; readonly stage: TaskStage }> {
  const evaluation = await findEvaluation(deps.db, id);
  const seen = evaluation && (await getStage(deps, call.actor, evaluation.stageId).catch(() => undefined));
  if (evaluation === undefined || seen === undefined) throw evaluationNotFound();
  return { evaluation, stage: seen.stage };
}

const filtersMax = 20;

/** `filter[n][status]` and `filter[n][enforcement_level]`: a set is listed when one of the n fits it. */
function filtersOf(call: Call): OutcomeFilter[] {
  const filters = new Map<string, { status?: string; level?: string }>();
  for (const [key, value] of Object.entries(call.query)) {
    const match = /^filter\[(\d{1,3})\]\[(status|enforcement_level|enforcementLevel)\]$/.exec(key);
    if (match === null || typeof value !== "string" || value === "") continue;
    const [, n = "", what] = match;
    filters.set(n, { ...filters.get(n), [what === "status" ? "status" : "level"]: value });
  }
  return [...filters.values()].slice(0, filtersMax);
}

function evaluationNotFound(): DomainError {
  return new DomainError(
    "not_found",
    "policy_evaluation_not_found",
    "There is no such policy evaluation, or you may not see it.",
  );
}
