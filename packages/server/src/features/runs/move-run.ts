import { deleteRunTokens } from "../access/index.ts";
import { settleSnapshot } from "../state-versions/index.ts";
import { lockWorkspaceRow, setCurrentRun, setWorkspaceLock } from "../workspaces/index.ts";
import { enqueueJob, withdrawJob } from "../../jobs/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { appendChunk } from "./log-store.ts";
import { lockPhases, savePhase } from "./phase-store.ts";
import { recordRunStatus } from "./run-event.ts";
import { checkMove, isPhaseOver, phaseStatusAfter, type PhaseStatus, type RunStatus } from "./run-status.ts";
import { findFirstWaitingRun, listRunsInStatus, lockRun, saveRun } from "./run-store.ts";
import type { Phase, PhaseKind, Run } from "./run.ts";

/*
 * The moves that every use case is made of. All of them run in a transaction in which the caller has locked the workspace
 * first and the run second; phases and jobs come after. This order is the same everywhere, so that no two transactions wait
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
  await queuePlan(tx, run, now);
}

/** Locks the workspace for the run, until it ends. */
export async function holdWorkspace(tx: Tx, run: Run, now: Millis): Promise<void> {
  await setWorkspaceLock(tx, run.workspaceId, { kind: "run", id: run.id, name: run.id, reason: "", at: now });
  await setCurrentRun(tx, run.workspaceId, run.id);
}

/** Offers the plan to the runners. */
export async function queuePlan(tx: Tx, run: Run, now: Millis): Promise<Run> {
  const next = await moveRun(tx, run, "plan_queued", now);
  await queuePhase(tx, run.id, "plan", now);
  return next;
}

/** Confirms the run and offers its apply to the runners. */
export async function queueApply(tx: Tx, run: Run, confirmedByName: string | null, now: Millis): Promise<Run> {
  const next = await moveRun(tx, { ...movedRun(run, "confirmed", now), confirmedByName }, "apply_queued", now);
  await queuePhase(tx, run.id, "apply", now);
  return next;
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
 * Ends a run: its phases and credentials end with it, what its apply has written stays, and the workspace goes to the next
 * run. The job of a phase that a runner holds is the caller's to remove.
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
