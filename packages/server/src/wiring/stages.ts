import {
  beginStage,
  callTask,
  callTaskJob,
  endIfDue,
  prepareStages,
  taskDueJob,
  type CallTaskDeps,
  type OfTaskResult,
  type OverrideStageDeps,
} from "../features/task-stages/index.ts";
import { stageBegunJob, type RunDeps, type StageBegun } from "../features/runs/index.ts";
import type { Foundation, Parts } from "./foundation.ts";

export interface StagesParts extends Parts {
  readonly waitingJobHandlers: NonNullable<Parts["waitingJobHandlers"]>;
  readonly deps: OverrideStageDeps;
  readonly prepareStages: RunDeps["prepareStages"];
}

/** What has a say in the stages of runs: run tasks and policies. */
export function wireStages(foundation: Foundation, other: { readonly wakeRunners: () => void }): StagesParts {
  const { db, sealer, signer, now, outbound, publicUrl, wakeJobs } = foundation;
  const deps: CallTaskDeps & OverrideStageDeps = {
    db,
    sealer,
    signer,
    now,
    outbound,
    publicUrl,
    wakeJobs,
    wakeRunners: other.wakeRunners,
    listEvaluations: async () => [],
    overrideEvaluations: async () => {},
  };
  return {
    deps,
    prepareStages: (tx, run, at) => prepareStages({ sealer, preparePolicies: async () => undefined }, tx, run, at),
    planes: [],
    jobHandlers: {
      [stageBegunJob]: (job) =>
        beginStage({ ...deps, enqueueEvaluations: async () => {} }, (job.payload as StageBegun).stageId),
      [taskDueJob]: (job) => endIfDue(deps, (job.payload as OfTaskResult).resultId),
    },
    waitingJobHandlers: {
      [callTaskJob]: (job) => callTask(deps, (job.payload as OfTaskResult).resultId),
    },
    sweeps: [],
  };
}
