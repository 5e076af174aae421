import { newExternalId, newUuid } from "../../platform/ids.ts";
import type { Sealer } from "../../platform/sealing.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import {
  findRunTasks,
  listGlobalRunTasks,
  listWorkspaceTasks,
  type RunTask,
  type TaskEnforcementLevel,
} from "../run-tasks/index.ts";
import { insertStage, stageKinds, type Run, type StageKind } from "../runs/index.ts";
import { insertResult } from "./task-result-store.ts";
import type { TaskResult } from "./task-result.ts";

export interface PrepareStagesDeps {
  readonly sealer: Sealer;
  /** Writes the evaluations of the policies that concern the run, once it is known at which stage. Undefined: there are none. */
  readonly preparePolicies: (
    tx: Tx,
    run: Run,
  ) => Promise<((stageId: string, now: Millis) => Promise<void>) | undefined>;
}

/** What a run asks of a task at one of its stages. */
interface PlannedCall {
  readonly stage: StageKind;
  readonly task: RunTask;
  readonly workspaceTaskId: string | null;
  readonly enforcementLevel: TaskEnforcementLevel;
}

/**
 * Gives a run that is being made its stages with everything that has a say in them: clients read them once, at once. What
 * is configured later does not concern it. Source: Terraform, internal/cloud/backend_taskStages.go.
 */
export async function prepareStages(deps: PrepareStagesDeps, tx: Tx, run: Run, now: Millis): Promise<void> {
  const calls = await plannedCalls(deps, tx, run);
  const insertPolicies = await deps.preparePolicies(tx, run);
  for (const kind of stageKinds) {
    // A run that is never applied does not come to the stages around the apply.
    if (run.planOnly && (kind === "pre_apply" || kind === "post_apply")) continue;
    const here = calls.filter(({ stage }) => stage === kind);
    const policies = kind === "post_plan" ? insertPolicies : undefined;
    if (here.length === 0 && policies === undefined) continue;
    const stage = await insertStage(tx, run.id, kind, now);
    for (const call of here) await insertResult(tx, deps.sealer, newResult(stage.id, call, run, now));
    await policies?.(stage.id, now);
  }
}

/** Those of the workspace, then those of the organization. A task that is both asks once, and is as strict as the stricter. */
async function plannedCalls({ sealer }: PrepareStagesDeps, tx: Tx, run: Run): Promise<PlannedCall[]> {
  const uses = await listWorkspaceTasks(tx, run.workspaceId);
  const ids = uses.map((use) => use.taskId);
  const tasks = new Map((await findRunTasks(tx, sealer, ids)).map((task) => [task.id, task]));
  const calls: PlannedCall[] = [];
  for (const { id, taskId, enforcementLevel, stages } of uses) {
    const task = tasks.get(taskId);
    if (task?.enabled !== true) continue;
    calls.push(...stages.map((stage) => ({ stage, task, workspaceTaskId: id, enforcementLevel })));
  }
  for (const task of await listGlobalRunTasks(tx, sealer, run.organizationId)) {
    const { stages, enforcementLevel } = task.global;
    for (const stage of stages) {
      const own = calls.findIndex((call) => call.task.id === task.id && call.stage === stage);
      const call = calls[own];
      if (call === undefined) calls.push({ stage, task, workspaceTaskId: null, enforcementLevel });
      else if (enforcementLevel === "mandatory") calls[own] = { ...call, enforcementLevel };
    }
  }
  return calls;
}

function newResult(stageId: string, call: PlannedCall, run: Run, now: Millis): TaskResult {
  return {
    id: newExternalId("taskrs"),
    stageId,
    taskId: call.task.id,
    workspaceTaskId: call.workspaceTaskId,
    taskName: call.task.name,
    taskUrl: call.task.url,
    enforcementLevel: call.enforcementLevel,
    isSpeculative: run.planOnly,
    status: "pending",
    statusTimes: { pending: now },
    message: null,
    url: null,
    callbackId: newUuid(),
    attempts: 0,
    startedAt: null,
    progressAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
