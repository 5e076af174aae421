import type { StageOutcome } from "../runs/index.ts";
import type { TaskEnforcementLevel } from "../run-tasks/index.ts";
import { isResultOver, type TaskResultStatus } from "./task-result.ts";

/** An evaluation of policies, as far as a stage is concerned. */
export interface EvaluationVerdict {
  readonly status: "pending" | "running" | "passed" | "failed" | "errored" | "overridden" | "canceled" | "unreachable";
  /** Every set of policies whose mandatory ones have failed lets a person override that. */
  readonly isOverridable: boolean;
  /** Why, in a sentence for people, when it failed or could not be made. */
  readonly problem: string | null;
}

export interface ResultVerdict {
  readonly taskName: string;
  readonly status: TaskResultStatus;
  readonly enforcementLevel: TaskEnforcementLevel;
  readonly message: string | null;
}

/**
 * Where a stage stands; undefined while something is open. The first that applies counts: a mandatory task that did not
 * pass ends the run whatever the policies say, since nobody can override it. Source: the published API, run task stages.
 */
export function judgeStage(
  results: readonly ResultVerdict[],
  evaluations: readonly EvaluationVerdict[],
): StageOutcome | undefined {
  if (results.some(({ status }) => !isResultOver(status))) return undefined;
  if (evaluations.some(({ status }) => status === "pending" || status === "running")) return undefined;
  const bad = results.find(({ status, enforcementLevel }) => enforcementLevel === "mandatory" && status !== "passed");
  if (bad !== undefined) {
    const said = bad.message === null || bad.message === "" ? "" : `: ${bad.message.slice(0, 500)}`;
    return { status: "failed", message: `The mandatory run task ${bad.taskName} ${bad.status}${said}` };
  }
  const broken = evaluations.find(({ status }) => status === "errored");
  if (broken !== undefined) {
    return { status: "errored", message: broken.problem ?? "The policies could not be evaluated." };
  }
  const failed = evaluations.filter(({ status }) => status === "failed");
  if (failed.length === 0) return { status: "passed" };
  if (failed.every(({ isOverridable }) => isOverridable)) return { status: "awaiting_override" };
  return { status: "failed", message: failed[0]?.problem ?? "A mandatory policy failed." };
}
