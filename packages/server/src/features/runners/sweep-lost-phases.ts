import {
  appendText,
  endPhase,
  endRun,
  findPhaseByJob,
  listUnkilledPhases,
  phaseJobKinds,
  type Phase,
  type Run,
} from "../runs/index.ts";
import { findHeldRun, lockHeldPhase } from "./held-phase.ts";
import { completeJob, listLostJobs, lockHeldJob, type JobHold } from "../../jobs/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { leaseSeconds, type RunnerDeps } from "./runner-deps.ts";

// A runner that was told to kill its engine and still sends heartbeats does not obey.
const killMs = 30_000;

/**
 * Ends the phases of runners that fell silent: the run says so, the workspace goes to the next run, and what an apply has
 * written stays. While this server is younger than a lease, runners may be silent only because there was no server to talk
 * to; so `startedAt` delays the first round.
 */
export async function sweepLostPhases(
  deps: Pick<RunnerDeps, "db" | "now" | "wakeRunners" | "wakeJobs">,
  startedAt: Millis,
): Promise<void> {
  const now = deps.now();
  if (now - startedAt < leaseSeconds * 1000) return;
  let ended = 0;
  for (const job of await listLostJobs(deps.db, phaseJobKinds, now)) {
    if (await endLostPhase(deps, job, lostText)) ended += 1;
  }
  for (const phase of await listUnkilledPhases(deps.db, now - killMs)) {
    if (phase.jobId === null || phase.fence === null) continue;
    if (await endLostPhase(deps, { id: phase.jobId, fence: phase.fence }, killedText)) ended += 1;
  }
  if (ended > 0) {
    deps.wakeRunners();
    deps.wakeJobs();
  }
}

async function endLostPhase(
  deps: Pick<RunnerDeps, "db" | "now">,
  hold: JobHold,
  describe: (run: Run, phase: Phase) => string,
): Promise<boolean> {
  return deps.db.transaction().execute(async (tx) => {
    if ((await findPhaseByJob(tx, hold.id)) === undefined) {
      // Its workspace was deleted.
      await completeJob(tx, hold);
      return false;
    }
    const found = await findHeldRun(tx, hold);
    const held = await lockHeldPhase(tx, hold).catch((error: unknown) => {
      if (error instanceof DomainError) return undefined;
      throw error;
    });
    const job = held && (await lockHeldJob(tx, hold));
    const now = deps.now();
    if (held === undefined || job === undefined) return false;
    // A heartbeat that arrived after the list was made, unless the run was killed.
    if (found.run.forceCanceledAt === null && (job.leaseUntil ?? 0) >= now) return false;
    const text = describe(held.run, held.phase);
    const status = held.run.cancelRequestedAt === null ? "errored" : "canceled";
    await completeJob(tx, hold);
    await endPhase(tx, await appendText(tx, held.phase, `\n${text}\n`), status, now);
    await endRun(tx, { ...held.run, errorMessage: text }, status, now);
    return true;
  });
}

function lostText(run: Run, phase: Phase): string {
  return `Error: the runner was lost: ${nameOf(phase)} has not been heard of for ${leaseSeconds} seconds, so this ${phase.kind} was given up. ${whatNow(run, phase)} Check that the runner is up and reaches the server, then start a new run.`;
}

function killedText(run: Run, phase: Phase): string {
  return `Error: the run was canceled by force, and ${nameOf(phase)} did not end its engine, so this ${phase.kind} was given up. ${whatNow(run, phase)} End the engine on the runner's machine before starting a new run.`;
}

function nameOf(phase: Phase): string {
  return `runner ${JSON.stringify(phase.runnerName ?? "")}`;
}

function whatNow(run: Run, phase: Phase): string {
  if (phase.kind === "plan") return "Nothing was changed.";
  return run.stateVersionId === null
    ? "No state was received from it: what it may have created is not known."
    : "The state that it sent last is kept; the next plan shows what is still to be done.";
}
