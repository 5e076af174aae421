import { deleteRunTokens } from "../access/index.ts";
import { settleSnapshot } from "../state-versions/index.ts";
import { lockWorkspaceRow, setCurrentRun, setWorkspaceLock } from "../workspaces/index.ts";
import { enqueueJob, withdrawJob } from "../../jobs/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import type { Author } from "./run-history.ts";
import { appendChunk } from "./log-store.ts";
import { lockPhases, savePhase } from "./phase-store.ts";
import { recordRunStatus } from "./run-event.ts";
import {
  afterChecks,
  checkMove,
  isPhaseOver,
  phaseStatusAfter,
  type PhaseStatus,
  type RunStatus,
} from "./run-status.ts";
import { findFirstWaitingRun, listRunsInStatus, lockRun, saveRun } from "./run-store.ts";
import type { Phase, PhaseKind, Run } from "./run.ts";
import { isStageOver, runStatusAt, stageStatusAfterRun, type StageKind } from "./task-stage.ts";
import { listStages, saveStageStatus } from "./task-stage-store.ts";

/*
 * The moves that every use case is made of. All of them run in a transaction in which the caller has locked the workspace
 * first and the run second; phases, stages and jobs come after. This order is the same everywhere, so that no two transactions wait
 * for each other.
 */

/** What a runner does with a phase. The kind of its job. */
export function jobKindOf(kind: PhaseKind): string {
  return `runner.${kind}`;
}

export const phaseJobKinds = [jobKindOf("plan"), jobKindOf("apply")];

/** The run in its next status. Errors: conflict/run_cannot_move. */
function movedRun(run: Run, to: RunStatus, now: Millis): Run {
  checkMove(run.status, to);
  return { ...run, status: to, statusTimes: { ...run.statusTimes, [to]: now }, updatedAt: now };
}

/**
 * Takes the run to its next status, saved with whatever else `run` brings, and writes down that it happened. `waits`: for a
 * person; default: whether the status lets anybody confirm it. Errors: conflict/run_cannot_move.
 */
export async function moveRun(
  tx: Tx,
  run: Run,
  to: RunStatus,
  now: Millis,
  options: { readonly waits?: boolean } = {},
): Promise<Run> {
  const next = movedRun(run, to, now);
  await saveRun(tx, next);
  await recordRunStatus(tx, next, now, options);
  return next;
}

/** Lets the next run of an unlocked workspace begin: it takes the lock and waits for a runner. */
export async function advanceQueue(tx: Tx, workspaceId: string, now: Millis): Promise<void> {
  const workspace = await lockWorkspaceRow(tx, workspaceId);
  if (workspace === undefined || workspace.lock !== null) return;
  const waiting = await findFirstWaitingRun(tx, workspaceId);
  const run = waiting && (await lockRun(tx, waiting.id));
  if (run === undefined) return;
  await holdWorkspace(tx, run, now);
  await beginRun(tx, run, now);
}

/** The run has its turn: its first stage begins, or its plan is offered to the runners. */
export async function beginRun(tx: Tx, run: Run, now: Millis): Promise<Run> {
  return (await beginStage(tx, run, "pre_plan", now)) ?? queuePlan(tx, run, now);
}

/** The job that is written when a run comes to a stage: whoever has a say in stages begins then. */
export const stageBegunJob = "stage-begun";

export interface StageBegun {
  readonly stageId: string;
}

/** Stops the run at this point if it has a stage there that has not begun; undefined: there is none. */
async function beginStage(tx: Tx, run: Run, kind: StageKind, now: Millis): Promise<Run | undefined> {
  const stage = (await listStages(tx, [run.id])).find((one) => one.kind === kind && one.status === "pending");
  if (stage === undefined) return undefined;
  await saveStageStatus(tx, stage, "running", now);
  const payload: StageBegun = { stageId: stage.id };
  await enqueueJob(tx, { kind: stageBegunJob, payload, uniqueKey: stage.id }, now);
  return moveRun(tx, run, runStatusAt(kind), now);
}

/** Locks the workspace for the run, until it ends. */
export async function holdWorkspace(tx: Tx, run: Run, now: Millis): Promise<void> {
  await setWorkspaceLock(tx, run.workspaceId, { kind: "run", id: run.id, name: run.id, reason: "", at: now });
  await setCurrentRun(tx, run.workspaceId, run.id);
}

/** Offers the plan to the runners. From `pending` or from the stage before it. */
export async function queuePlan(tx: Tx, run: Run, now: Millis): Promise<Run> {
  const passed = run.status === "pre_plan_running" ? movedRun(run, "pre_plan_completed", now) : run;
  const next = await moveRun(tx, movedRun(passed, "queuing", now), "plan_queued", now);
  await queuePhase(tx, run.id, "plan", now);
  return next;
}

/** The plan has succeeded, and its images are good: its stage begins, or the run goes on. `run` may bring what is new. */
export async function finishPlan(tx: Tx, run: Run, now: Millis): Promise<Run> {
  const planned = movedRun(run, "planned", now);
  return (await beginStage(tx, planned, "post_plan", now)) ?? decide(tx, planned, now);
}

/** Everything that checks plans has passed in the stage after the plan. */
export function continueAfterChecks(tx: Tx, run: Run, now: Millis): Promise<Run> {
  return decide(tx, movedRun(run, "post_plan_completed", now), now);
}

/** What follows a plan that has passed everything. The run is in its new status, but not saved yet. */
async function decide(tx: Tx, run: Run, now: Millis): Promise<Run> {
  const next = afterChecks({ ...run, hasChanges: run.hasChanges ?? true });
  if (next === "planned_and_finished") return endRun(tx, run, next, now);
  if (next === "planned_and_saved") return moveRun(tx, run, next, now);
  await saveRun(tx, run);
  await recordRunStatus(tx, run, now, { waits: next === "wait" });
  return next === "wait" ? run : confirmedRun(tx, run, null, now);
}

/** Lets the run apply: the stage before the apply begins, or the apply is offered. `by`: null for auto-apply. */
export async function confirmedRun(tx: Tx, run: Run, by: Author | null, now: Millis): Promise<Run> {
  const confirmed: Run = { ...movedRun(run, "confirmed", now), confirmedBy: by };
  return (await beginStage(tx, confirmed, "pre_apply", now)) ?? queueApply(tx, confirmed, now);
}

/** Offers the apply to the runners. From `confirmed` or from the stage before it. */
export async function queueApply(tx: Tx, run: Run, now: Millis): Promise<Run> {
  const passed = run.status === "pre_apply_running" ? movedRun(run, "pre_apply_completed", now) : run;
  const next = await moveRun(tx, movedRun(passed, "queuing_apply", now), "apply_queued", now);
  await queuePhase(tx, run.id, "apply", now);
  return next;
}

/** The apply has succeeded: its stage begins, with the state that it wrote in effect already, or the run ends. */
export async function finishApply(tx: Tx, run: Run, now: Millis): Promise<Run> {
  if (run.stateVersionId !== null) await settleSnapshot(tx, run.stateVersionId);
  return (await beginStage(tx, run, "post_apply", now)) ?? endRun(tx, run, "applied", now);
}

/** The last stage is over, whatever its outcome, or was given up. */
export function finishApplied(tx: Tx, run: Run, now: Millis): Promise<Run> {
  return endRun(tx, movedRun(run, "post_apply_completed", now), "applied", now);
}

async function queuePhase(tx: Tx, runId: string, kind: PhaseKind, now: Millis): Promise<void> {
  const phase = (await lockPhases(tx, runId)).find((phase) => phase.kind === kind);
  if (phase === undefined) throw new Error(`Run ${runId} has no ${kind}.`);
  const jobId = await enqueueJob(
    tx,
    { kind: jobKindOf(kind), payload: { phaseId: phase.id }, uniqueKey: phase.id, attemptsMax: 1 },
    now,
  );
  await savePhase(tx, { ...phase, status: "queued", jobId, queuedAt: now });
}

/** Ends one phase: nothing is added to its log from here on. */
export async function endPhase(tx: Tx, phase: Phase, status: PhaseStatus, now: Millis): Promise<void> {
  if (phase.status === "queued" && phase.jobId !== null) await withdrawJob(tx, jobKindOf(phase.kind), phase.id);
  await savePhase(tx, { ...phase, status, endedAt: now, logClosed: true });
  if (phase.logBytes > 0) {
    await enqueueJob(tx, { kind: "compact-log", payload: { phaseId: phase.id }, uniqueKey: phase.id }, now);
  }
}

/**
 * Ends a run: its phases, stages and credentials end with it, what its apply has written stays, and the workspace goes to
 * the next run. The job of a phase that a runner holds is the caller's to remove.
 */
export async function endRun(tx: Tx, run: Run, to: RunStatus, now: Millis): Promise<Run> {
  const next = await moveRun(tx, run, to, now);
  for (const phase of await lockPhases(tx, run.id)) {
    if (!isPhaseOver(phase.status)) await endPhase(tx, phase, phaseStatusAfter(phase.status, to), now);
    if (phase.planFileKey !== null) {
      // Nobody can apply it any more, and it may hold secrets, if sealed ones.
      await enqueueJob(tx, { kind: "remove-blobs", payload: { keys: [phase.planFileKey] } }, now);
    }
  }
  for (const stage of await listStages(tx, [run.id])) {
    if (!isStageOver(stage.status)) await saveStageStatus(tx, stage, stageStatusAfterRun(stage.status), now);
  }
  await deleteRunTokens(tx, run.id);
  if (run.stateVersionId !== null) {
    await settleSnapshot(tx, run.stateVersionId);
    await discardSavedPlans(tx, run.workspaceId, now, run.id);
  }
  const workspace = await lockWorkspaceRow(tx, run.workspaceId);
  if (workspace?.lock?.kind === "run" && workspace.lock.id === run.id) {
    await setWorkspaceLock(tx, run.workspaceId, null);
    await advanceQueue(tx, run.workspaceId, now);
  }
  return next;
}

/** Ends the saved plans of a workspace: the state that they were made from is no longer the current one. */
export async function discardSavedPlans(tx: Tx, workspaceId: string, now: Millis, exceptRunId?: string): Promise<void> {
  for (const saved of await listRunsInStatus(tx, workspaceId, ["planned_and_saved"])) {
    if (saved.id === exceptRunId) continue;
    const run = await lockRun(tx, saved.id);
    if (run?.status === "planned_and_saved") await endRun(tx, run, "discarded", now);
  }
}

/** Adds the server's own words at the end of a log. */
export async function appendText(tx: Tx, phase: Phase, text: string): Promise<Phase> {
  return appendChunk(tx, phase, Buffer.from(text, "utf8"));
}
