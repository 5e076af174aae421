import { canSee, type Actor } from "../access/index.ts";
import { lockWorkspaceRow, type Workspace } from "../workspaces/index.ts";
import type { Db, Tx } from "../../db/database.ts";
import { findPhase } from "./phase-store.ts";
import { findRun, lockRun } from "./run-store.ts";
import { runNotFound, type Phase, type Run } from "./run.ts";

/** Errors: not_found/run_not_found. */
export async function getRun(db: Db, actor: Actor, id: string): Promise<Run> {
  const run = await findRun(db, id);
  if (run === undefined || !canSee(actor, run)) throw runNotFound();
  return run;
}

/** A plan or apply with its run. Errors: not_found/run_not_found. */
export async function getPhase(
  db: Db,
  actor: Actor,
  id: string,
): Promise<{ readonly phase: Phase; readonly run: Run }> {
  const phase = await findPhase(db, id);
  if (phase === undefined) throw runNotFound();
  return { phase, run: await getRun(db, actor, phase.runId) };
}

/** Locks the workspace and the run, in this order, for an actor who may see them. Errors: not_found/run_not_found. */
export async function lockVisibleRun(
  tx: Tx,
  actor: Actor,
  id: string,
): Promise<{ readonly workspace: Workspace; readonly run: Run }> {
  const seen = await getRun(tx, actor, id);
  const workspace = await lockWorkspaceRow(tx, seen.workspaceId);
  const run = await lockRun(tx, id);
  if (workspace === undefined || run === undefined) throw runNotFound();
  return { workspace, run };
}
