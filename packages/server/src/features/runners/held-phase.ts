import { canSee, type Actor } from "../access/index.ts";
import { findPhaseByJob, findRun, leaseLost, lockPhase, lockRun, type Phase, type Run } from "../runs/index.ts";
import { lockWorkspaceRow, type Workspace } from "../workspaces/index.ts";
import { lockHeldJob, type JobHold } from "../../jobs/index.ts";
import type { Db, Tx } from "../../db/database.ts";

/** A phase whose runner has proved that it still holds it. */
export interface HeldPhase {
  readonly workspace: Workspace;
  readonly run: Run;
  readonly phase: Phase;
}

/**
 * Locks the workspace, the run, the phase and the job, in this order. With an actor, it must be a runner that may see the
 * run. Errors: conflict/lease_lost for everybody who does not hold the job, whatever the reason.
 */
export async function lockHeldPhase(tx: Tx, hold: JobHold, actor?: Actor): Promise<HeldPhase> {
  const { run: seen, phase: before } = await findHeldRun(tx, hold, actor);
  const workspace = await lockWorkspaceRow(tx, seen.workspaceId);
  const run = await lockRun(tx, seen.id);
  const phase = await lockPhase(tx, before.id);
  const job = await lockHeldJob(tx, hold);
  if (workspace === undefined || run === undefined || phase === undefined || job === undefined) throw leaseLost();
  if (phase.status !== "running") throw leaseLost();
  return { workspace, run, phase };
}

/** As {@link lockHeldPhase}, locking only the phase and the job: for what does not touch the run. */
export async function lockHeldPhaseOnly(tx: Tx, hold: JobHold): Promise<Phase> {
  const before = await findPhaseByJob(tx, hold.id);
  const phase = before && (await lockPhase(tx, before.id));
  const job = await lockHeldJob(tx, hold);
  if (phase?.status !== "running" || job === undefined) throw leaseLost();
  return phase;
}

/** The run of a job that this actor may know about; whether it still holds the job is not said. */
export async function findHeldRun(
  db: Db,
  hold: JobHold,
  actor?: Actor,
): Promise<{ readonly run: Run; readonly phase: Phase }> {
  const phase = await findPhaseByJob(db, hold.id);
  const run = phase && (await findRun(db, phase.runId));
  if (phase === undefined || run === undefined) throw leaseLost();
  if (actor !== undefined && !canSee(actor, run)) throw leaseLost();
  return { run, phase };
}
