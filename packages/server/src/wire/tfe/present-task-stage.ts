import { isStageOver, type TaskStage } from "../../features/runs/index.ts";
import {
  isResultOver,
  shownStatus,
  type StageOverride,
  type TaskResult,
  type TaskResultOutcome,
} from "../../features/task-stages/index.ts";
import { toRfc3339, type Millis } from "../../platform/clock.ts";
import { toMany, toOne, type Resource } from "./json-api.ts";

/** A stage as clients read it. Run tasks cannot be overridden, only policies whose sets allow it. */
export function presentStage(
  stage: TaskStage,
  has: {
    readonly resultIds: readonly string[];
    readonly evaluationIds: readonly string[];
    readonly override: StageOverride | undefined;
    readonly mayOverride: boolean;
  },
): Resource {
  const { override } = has;
  return {
    id: stage.id,
    type: "task-stages",
    attributes: {
      stage: stage.kind,
      status: stage.status,
      "status-timestamps": timestamps(stage.statusTimes),
      "created-at": toRfc3339(stage.createdAt),
      "updated-at": toRfc3339(stage.updatedAt),
      permissions: {
        "can-override-policy": has.mayOverride,
        "can-override-tasks": false,
        "can-override": has.mayOverride,
      },
      actions: { "is-overridable": stage.status === "awaiting_override" },
      override:
        override === undefined ? null : { by: override.byName, comment: override.comment, at: toRfc3339(override.at) },
    },
    relationships: {
      run: toOne("runs", stage.runId),
      "task-results": toMany("task-results", has.resultIds),
      "policy-evaluations": toMany("policy-evaluations", has.evaluationIds),
    },
    links: { self: `/api/v2/task-stages/${stage.id}` },
  };
}

/** Clients poll for as long as a result is open: one whose stage is over is not. */
export function presentResult(result: TaskResult, stage: TaskStage, outcomes: number): Resource {
  return {
    id: result.id,
    type: "task-results",
    attributes: {
      status: shownStatus(result.status, isResultOver(result.status), stage.status),
      message: result.message ?? "",
      url: result.url,
      "status-timestamps": timestamps(result.statusTimes),
      stage: stage.kind,
      "is-speculative": result.isSpeculative,
      "task-id": result.taskId,
      "task-name": result.taskName,
      "task-url": result.taskUrl,
      "workspace-task-id": result.workspaceTaskId,
      "workspace-task-enforcement-level": result.enforcementLevel,
      "agent-pool-id": null,
      "task-result-outcomes-count": outcomes,
      "created-at": toRfc3339(result.createdAt),
      "updated-at": toRfc3339(
        isStageOver(stage.status) ? Math.max(result.updatedAt, stage.updatedAt) : result.updatedAt,
      ),
    },
    relationships: {
      "task-stage": toOne("task-stages", stage.id),
      "task-result-outcomes": { links: { related: `/api/v2/task-results/${result.id}/outcomes` } },
    },
    links: { self: `/api/v2/task-results/${result.id}` },
  };
}

export function presentOutcome(outcome: TaskResultOutcome): Resource {
  const self = `/api/v2/task-result-outcomes/${outcome.id}`;
  return {
    id: outcome.id,
    type: "task-result-outcomes",
    attributes: {
      "outcome-id": outcome.outcomeId,
      description: outcome.description,
      tags: outcome.tags,
      url: outcome.url,
      "created-at": toRfc3339(outcome.createdAt),
    },
    relationships: { "task-result": toOne("task-results", outcome.resultId) },
    links: { self, body: `${self}/body` },
  };
}

/** `awaiting-override-at` and so on. */
export function timestamps(times: Readonly<Partial<Record<string, Millis>>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(times).flatMap(([status, at]) =>
      at === undefined ? [] : [[`${status.replaceAll("_", "-")}-at`, toRfc3339(at)]],
    ),
  );
}
