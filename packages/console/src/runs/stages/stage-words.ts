export type StageKind = "pre_plan" | "post_plan" | "pre_apply" | "post_apply";
export type StageStatus =
  "pending" | "running" | "awaiting_override" | "passed" | "failed" | "errored" | "canceled" | "unreachable";

/** The points at which a run can stop, in their order, as people call them. */
export const stageNames: Readonly<Record<StageKind, string>> = {
  pre_plan: "Before the plan",
  post_plan: "After the plan",
  pre_apply: "Before the apply",
  post_apply: "After the apply",
};

export const stageKinds = Object.keys(stageNames) as StageKind[];

/** For example `2 run tasks, policies`. */
export function whoLooks(stage: {
  readonly tasks: readonly unknown[];
  readonly evaluations: readonly unknown[];
}): string {
  const words = [
    stage.tasks.length === 0
      ? undefined
      : `${String(stage.tasks.length)} run ${stage.tasks.length === 1 ? "task" : "tasks"}`,
    stage.evaluations.length === 0 ? undefined : "policies",
  ].filter((word) => word !== undefined);
  return words.length === 0 ? "nobody looks" : words.join(", ");
}

/** The counts of an evaluation that are not zero, for people. */
export function countsOfEvaluation(counts: {
  readonly passed: number;
  readonly "advisory-failed": number;
  readonly "mandatory-failed": number;
  readonly errored: number;
}): string {
  const parts = [
    [counts["mandatory-failed"], "mandatory failed"],
    [counts["advisory-failed"], "advisory failed"],
    [counts.errored, "could not be evaluated"],
    [counts.passed, "passed"],
  ] as const;
  const words = parts.filter(([count]) => count > 0).map(([count, word]) => `${String(count)} ${word}`);
  return words.length === 0 ? "nothing evaluated yet" : words.join(", ");
}
