import type { OutcomeCounts, PolicyEvaluation, PolicySetOutcome } from "../../features/policy-evaluations/index.ts";
import type { TaskStage } from "../../features/runs/index.ts";
import { shownStatus } from "../../features/task-stages/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { opaVersion } from "../../platform/rego/index.ts";
import { timestamps } from "./present-task-stage.ts";
import { toOne, type Resource } from "./json-api.ts";

/** `outcomes` may hold those of other evaluations. The counts are never null: clients dereference them. */
export function presentEvaluation(
  evaluation: PolicyEvaluation,
  stage: TaskStage,
  outcomes: readonly PolicySetOutcome[],
): Resource {
  const isOver = evaluation.status !== "pending" && evaluation.status !== "running";
  const own = outcomes.filter((outcome) => outcome.evaluationId === evaluation.id);
  const sum = (of: (counts: OutcomeCounts) => number): number => own.reduce((all, { counts }) => all + of(counts), 0);
  return {
    id: evaluation.id,
    type: "policy-evaluations",
    attributes: {
      status: shownStatus(evaluation.status, isOver, stage.status),
      "policy-kind": evaluation.kind,
      "policy-tool-version": evaluation.kind === "opa" ? opaVersion : null,
      "status-timestamps": timestamps(evaluation.statusTimes),
      "result-count": presentCounts({
        passed: sum(({ passed }) => passed),
        advisoryFailed: sum(({ advisoryFailed }) => advisoryFailed),
        mandatoryFailed: sum(({ mandatoryFailed }) => mandatoryFailed),
        errored: sum(({ errored }) => errored),
      }),
      "created-at": toRfc3339(evaluation.createdAt),
      "updated-at": toRfc3339(evaluation.updatedAt),
    },
    relationships: {
      "policy-attachable": toOne("task-stages", stage.id),
      "policy-set-outcomes": { links: { related: `/api/v2/policy-evaluations/${evaluation.id}/policy-set-outcomes` } },
    },
    links: { self: `/api/v2/policy-evaluations/${evaluation.id}` },
  };
}

function presentCounts(counts: OutcomeCounts): object {
  return {
    passed: counts.passed,
    "advisory-failed": counts.advisoryFailed,
    "mandatory-failed": counts.mandatoryFailed,
    errored: counts.errored,
  };
}

/** The counts have two names: one is published, clients read the other. Source: go-tfe policy_evaluation.go. */
export function presentSetOutcome(outcome: PolicySetOutcome): Resource {
  const counts = presentCounts(outcome.counts);
  return {
    id: outcome.id,
    type: "policy-set-outcomes",
    attributes: {
      outcomes: (outcome.outcomes ?? []).map((one) => ({
        enforcement_level: one.level,
        query: one.query ?? "",
        status: one.status,
        policy_name: one.policyName,
        description: one.description,
        output: one.output,
      })),
      error: outcome.error ?? "",
      warnings: [],
      overridable: outcome.overridable,
      "policy-set-name": outcome.policySetName,
      "policy-set-description": outcome.policySetDescription,
      "policy-tool-version": opaVersion,
      "result-count": counts,
      result_count: counts,
    },
    relationships: { "policy-evaluation": toOne("policy-evaluations", outcome.evaluationId) },
    links: { self: `/api/v2/policy-set-outcomes/${outcome.id}` },
  };
}
