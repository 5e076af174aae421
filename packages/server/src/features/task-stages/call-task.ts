import { enqueueJob } from "../../jobs/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import type { UrlSigner } from "../../platform/url-signer.ts";
import { findConfigurationVersion } from "../config-versions/index.ts";
import type { Attempt } from "../deliveries/index.ts";
import { findRunTask, postToTask } from "../run-tasks/index.ts";
import { findRun, findStage, listPhases, type TaskStage } from "../runs/index.ts";
import { findWorkspace } from "../workspaces/index.ts";
import { callPayload } from "./call-payload.ts";
import { changeResult, type StageDeps } from "./settle-result.ts";
import { signTaskToken } from "./task-token.ts";
import { findResult } from "./task-result-store.ts";
import { callAgainAfterMs, dueAt, isResultOver, movedResult, type TaskResult } from "./task-result.ts";

/** The job of one call of a run task. */
export const callTaskJob = "call-run-task";
/** The job that looks whether a service still has time. */
export const taskDueJob = "run-task-due";

export interface OfTaskResult {
  readonly resultId: string;
}

export interface CallTaskDeps extends StageDeps {
  readonly outbound: OutboundClient;
  readonly signer: UrlSigner;
  /** How clients reach this server, without a trailing slash. */
  readonly publicUrl: () => string;
}

/** The key differs from that of the job that is running: a job of the same key would not be made. */
export async function enqueueCall(tx: Tx, result: TaskResult, runAt: Millis, now: Millis): Promise<void> {
  const payload: OfTaskResult = { resultId: result.id };
  await enqueueJob(tx, { kind: callTaskJob, payload, uniqueKey: `${result.id}:${result.attempts}`, runAt }, now);
}

/**
 * Makes one call. One that is not taken is made again, three times, and then the result is an error. After a crash between
 * the call and its record the service is called again: it may be called twice, and is settled once.
 */
export async function callTask(deps: CallTaskDeps, resultId: string): Promise<void> {
  const result = await findResult(deps.db, deps.sealer, resultId);
  if (result?.status !== "pending") return;
  const stage = await findStage(deps.db, result.stageId);
  if (stage?.status !== "running") return;
  const attempt = await call(deps, result, stage);
  await changeResult(deps, result, async (tx, current) => {
    // The service has answered before its call was recorded, or another replica has recorded it.
    if (current.attempts !== result.attempts || isResultOver(current.status)) return undefined;
    return afterCall(tx, { ...current, attempts: current.attempts + 1 }, attempt, deps.now());
  });
}

async function afterCall(tx: Tx, result: TaskResult, attempt: Attempt, now: Millis): Promise<TaskResult> {
  if (attempt.delivered) {
    const taken: TaskResult = {
      ...(result.status === "pending" ? movedResult(result, "running", now) : result),
      startedAt: result.startedAt ?? now,
      progressAt: result.progressAt ?? now,
    };
    await enqueueDue(tx, taken, now);
    return taken;
  }
  const waitMs = attempt.worthRetrying ? callAgainAfterMs(result.attempts) : null;
  if (waitMs !== null) {
    await enqueueCall(tx, result, now + waitMs, now);
    return result;
  }
  return { ...movedResult(result, "errored", now), message: attempt.error ?? "The service did not take the call." };
}

export async function enqueueDue(tx: Tx, result: TaskResult, now: Millis, runAt = dueAt(result)): Promise<void> {
  const payload: OfTaskResult = { resultId: result.id };
  await enqueueJob(tx, { kind: taskDueJob, payload, uniqueKey: `${result.id}:${runAt}`, runAt }, now);
}

/** Ends a result whose service has had its time; looks again later when there is some left. */
export async function endIfDue(deps: StageDeps, resultId: string): Promise<void> {
  const result = await findResult(deps.db, deps.sealer, resultId);
  if (result === undefined || isResultOver(result.status)) return;
  await changeResult(deps, result, async (tx, current) => {
    if (isResultOver(current.status)) return undefined;
    const now = deps.now();
    if (dueAt(current) > now) {
      await enqueueDue(tx, current, now);
      return current;
    }
    return {
      ...movedResult(current, "errored", now),
      message: "The service gave no answer in time: it has 10 minutes after each progress, and 60 in all.",
    };
  });
}

async function call(deps: CallTaskDeps, result: TaskResult, stage: TaskStage): Promise<Attempt> {
  const task = await findRunTask(deps.db, deps.sealer, result.taskId);
  const run = await findRun(deps.db, stage.runId);
  const workspace = run && (await findWorkspace(deps.db, run.workspaceId));
  if (task === undefined || run === undefined || workspace === undefined) return notCalled("The run task was deleted.");
  if (!task.enabled) return notCalled("The run task was disabled before it was called.");
  const phases = await listPhases(deps.db, [run.id]);
  const configuration = await findConfigurationVersion(deps.db, run.configurationVersionId);
  const payload = callPayload({
    publicUrl: deps.publicUrl(),
    accessToken: await signTaskToken(deps.signer, result.id),
    result,
    stage,
    run,
    workspace,
    planId: phases.find((phase) => phase.kind === "plan")?.id ?? null,
    hasConfiguration: configuration?.status === "uploaded",
  });
  return postToTask(deps.outbound, task, payload);
}

function notCalled(error: string): Attempt {
  return {
    delivered: false,
    responseStatus: null,
    responseHeaders: null,
    responseBody: null,
    error,
    worthRetrying: false,
  };
}
