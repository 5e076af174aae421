import type { UploadVersionDeps } from "../features/policy-sets/index.ts";
import {
  enqueueEvaluations,
  evaluatePolicies,
  evaluatePoliciesJob,
  evaluationInput,
  listVerdicts,
  overrideEvaluations,
  preparePolicies,
  type EvaluatePolicies,
} from "../features/policy-evaluations/index.ts";
import { findProject } from "../features/projects/index.ts";
import { readPlanJson } from "../features/runners/index.ts";
import {
  listPhases,
  readRunVariables,
  stageBegunJob,
  type Run,
  type RunDeps,
  type StageBegun,
} from "../features/runs/index.ts";
import {
  beginStage,
  callTask,
  callTaskJob,
  endIfDue,
  judgeAndSettle,
  prepareStages,
  taskDueJob,
  type CallTaskDeps,
  type OfTaskResult,
  type OverrideStageDeps,
} from "../features/task-stages/index.ts";
import { listEffectiveVariables } from "../features/variable-sets/index.ts";
import { findWorkspace, listTags } from "../features/workspaces/index.ts";
import type { Job } from "../jobs/index.ts";
import { createHclReader } from "../platform/hcl/index.ts";
import { createRegoEvaluator } from "../platform/rego/index.ts";
import type { Foundation, Parts } from "./foundation.ts";

export interface StagesParts extends Parts {
  readonly waitingJobHandlers: NonNullable<Parts["waitingJobHandlers"]>;
  readonly deps: OverrideStageDeps & Pick<UploadVersionDeps, "readHcl">;
  readonly prepareStages: RunDeps["prepareStages"];
}

/** What has a say in the stages of runs: run tasks and policies. */
export function wireStages(foundation: Foundation, other: { readonly wakeRunners: () => void }): StagesParts {
  const { db, sealer, signer, now, outbound, publicUrl, wakeJobs, blobs } = foundation;
  const { wakeRunners } = other;
  const deps: StagesParts["deps"] & CallTaskDeps = {
    db,
    sealer,
    signer,
    now,
    outbound,
    publicUrl,
    wakeJobs,
    wakeRunners,
    listEvaluations: listVerdicts,
    overrideEvaluations,
    readHcl: createHclReader(),
  };
  const evaluate = createRegoEvaluator();
  const settle: Parameters<typeof evaluatePolicies>[0]["settle"] = (tx, held, at) => judgeAndSettle(tx, deps, held, at);
  const readInput = (run: Run): Promise<object | string> => readEvaluationInput(foundation, run);
  return {
    deps,
    prepareStages: (tx, run, at) => prepareStages({ sealer, preparePolicies }, tx, run, at),
    planes: [],
    jobHandlers: {
      [stageBegunJob]: (job) => beginStage({ ...deps, enqueueEvaluations }, (job.payload as StageBegun).stageId),
      [taskDueJob]: (job) => endIfDue(deps, (job.payload as OfTaskResult).resultId),
    },
    waitingJobHandlers: {
      [callTaskJob]: (job) => callTask(deps, (job.payload as OfTaskResult).resultId),
      [evaluatePoliciesJob]: (job: Job) =>
        evaluatePolicies(
          { db, blobs, sealer, now, evaluate, readInput, settle, wakeJobs, wakeRunners },
          (job.payload as EvaluatePolicies).evaluationId,
          { isLast: job.attempts >= job.attemptsMax },
        ),
    },
    sweeps: [],
  };
}

/** A text says why there is nothing to judge. */
async function readEvaluationInput({ db, blobs, sealer }: Foundation, run: Run): Promise<object | string> {
  const plan = (await listPhases(db, [run.id])).find((phase) => phase.kind === "plan");
  const json = plan && (await readPlanJson({ blobs, sealer }, plan));
  if (json === undefined) return "The runner has sent no JSON of the plan. Update the runner, then run again.";
  const workspace = await findWorkspace(db, run.workspaceId);
  if (workspace === undefined) return "The workspace was deleted.";
  const project = await findProject(db, workspace.projectId);
  const given = (await readRunVariables(db, sealer, [run.id])).get(run.id) ?? [];
  const effective = await listEffectiveVariables({ db, sealer }, workspace);
  return evaluationInput({
    plan: JSON.parse(json.toString("utf8")) as unknown,
    run,
    workspace,
    project: { id: workspace.projectExternalId, name: project?.name ?? "" },
    tags: (await listTags(db, [workspace.id])).get(workspace.id) ?? [],
    variables: [...effective, ...given.map(({ key }) => ({ key, category: "terraform", sensitive: false }))],
  });
}
