import { queryOptions } from "@tanstack/react-query";
import { callTfe, includedOf, pathOf, relatedIds, type Resource, type ResourceList } from "../../api/json-api.ts";
import { callApi } from "../../api/client.ts";
import type { StageKind, StageStatus } from "./stage-words.ts";

interface StageAttributes {
  readonly stage: StageKind;
  readonly status: StageStatus;
  readonly permissions: { readonly "can-override-policy": boolean };
  readonly actions: { readonly "is-overridable": boolean };
  readonly override: { readonly by: string; readonly comment: string | null; readonly at: string } | null;
}

interface TaskResultAttributes {
  readonly status: string;
  readonly message: string;
  readonly url: string | null;
  readonly "task-name": string;
  readonly "task-url": string;
  readonly "workspace-task-enforcement-level": "advisory" | "mandatory";
  readonly "task-result-outcomes-count": number;
  readonly "updated-at": string;
}

interface EvaluationAttributes {
  readonly status: string;
  readonly "policy-kind": string;
  readonly "policy-tool-version": string | null;
  readonly "result-count": {
    readonly passed: number;
    readonly "advisory-failed": number;
    readonly "mandatory-failed": number;
    readonly errored: number;
  };
}

export type TaskResult = Resource<TaskResultAttributes>;
export type PolicyEvaluation = Resource<EvaluationAttributes>;

/** A point at which a run stops to be looked at, with everybody who looks. */
export interface RunStage extends StageAttributes {
  readonly id: string;
  readonly tasks: readonly TaskResult[];
  readonly evaluations: readonly PolicyEvaluation[];
}

// What a run task reports in between has no event.
const watchMs = 5000;

/** The stages of a run in the order in which it passes them. `watch`: it is not over. */
export function runStagesQuery(runId: string, watch: boolean) {
  return queryOptions({
    queryKey: ["runs", "stages", runId],
    queryFn: async ({ signal }): Promise<readonly RunStage[]> => {
      const list = await callTfe<ResourceList<StageAttributes>>(`${pathOf("runs", runId)}/task-stages`, {
        query: { include: "task_results,policy_evaluations", "page[size]": 100 },
        signal,
      });
      const results = includedOf<TaskResultAttributes>(list, "task-results");
      const evaluations = includedOf<EvaluationAttributes>(list, "policy-evaluations");
      return list.data.map((stage) => ({
        id: stage.id,
        ...stage.attributes,
        tasks: relatedIds(stage, "task-results").flatMap((id) => results.get(id) ?? []),
        evaluations: relatedIds(stage, "policy-evaluations").flatMap((id) => evaluations.get(id) ?? []),
      }));
    },
    refetchInterval: ({ state }) => (watch && (state.data?.length ?? 0) > 0 ? watchMs : false),
  });
}

export interface PolicyOutcome {
  readonly policy_name: string;
  readonly description: string;
  readonly query: string;
  readonly status: string;
  readonly enforcement_level: "advisory" | "mandatory";
  readonly output: readonly string[];
}

export interface SetOutcomeAttributes {
  readonly "policy-set-name": string;
  readonly "policy-set-description": string;
  readonly overridable: boolean;
  readonly error: string;
  readonly outcomes: readonly PolicyOutcome[];
}

/** What the policy sets of one evaluation have found; `at`: its status, since it is another list then. */
export function setOutcomesQuery(evaluationId: string, at: string) {
  return queryOptions({
    queryKey: ["runs", "policy-outcomes", evaluationId, at],
    queryFn: async ({ signal }) =>
      (
        await callTfe<ResourceList<SetOutcomeAttributes>>(
          `${pathOf("policy-evaluations", evaluationId)}/policy-set-outcomes`,
          { query: { "page[size]": 100 }, signal },
        )
      ).data,
  });
}

export interface TaskOutcomeAttributes {
  readonly "outcome-id": string | null;
  readonly description: string;
  readonly url: string | null;
  readonly tags: readonly {
    readonly label: string;
    readonly value: readonly { readonly label: string; readonly level: string }[];
  }[];
}

/** The findings of a run task, at most the first hundred; `at`: when the result changed last. */
export function taskOutcomesQuery(resultId: string, at: string) {
  return queryOptions({
    queryKey: ["runs", "task-outcomes", resultId, at],
    queryFn: ({ signal }) =>
      callTfe<ResourceList<TaskOutcomeAttributes>>(`${pathOf("task-results", resultId)}/outcomes`, {
        query: { "page[size]": 100 },
        signal,
      }),
    staleTime: 300_000,
  });
}

/** The long text of a finding: Markdown of a stranger, shown as it is written. */
export function outcomeBodyQuery(outcomeId: string) {
  return queryOptions({
    queryKey: ["runs", "task-outcome-body", outcomeId],
    queryFn: ({ signal }) => callApi<string>(`/api/v2/${pathOf("task-result-outcomes", outcomeId)}/body`, { signal }),
    staleTime: 300_000,
  });
}

/** Lets the run go on though mandatory policies failed. Fails with 409 when somebody was quicker. */
export async function overrideStage(stageId: string, comment: string): Promise<void> {
  await callTfe(`${pathOf("task-stages", stageId)}/actions/override`, {
    method: "POST",
    body: comment === "" ? {} : { comment },
  });
}
