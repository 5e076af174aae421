import { canSee, type Actor } from "../access/index.ts";
import { leaseLost } from "../runs/index.ts";
import { lockWorkspaceRow } from "../workspaces/index.ts";
import { lockHeldJob, type JobHold } from "../../jobs/index.ts";
import type { Db, Tx } from "../../db/database.ts";
import { findAssessmentByJob, lockAssessment } from "./assessment-store.ts";
import type { Assessment } from "./assessment.ts";

/** The assessment of a job that this actor may know about; whether it still holds the job is not said. */
export async function findHeldAssessment(db: Db, hold: JobHold, actor?: Actor): Promise<Assessment> {
  const assessment = await findAssessmentByJob(db, hold.id);
  if (assessment === undefined || (actor !== undefined && !canSee(actor, assessment))) throw leaseLost();
  return assessment;
}

/** Locks the workspace, the assessment and the job, in this order. Errors: conflict/lease_lost, whatever the reason. */
export async function lockHeldAssessment(tx: Tx, hold: JobHold, actor?: Actor): Promise<Assessment> {
  const seen = await findHeldAssessment(tx, hold, actor);
  if ((await lockWorkspaceRow(tx, seen.workspaceId)) === undefined) throw leaseLost();
  return lockHeldAssessmentOnly(tx, hold, seen.id);
}

/** As {@link lockHeldAssessment}, without the workspace: for what does not end it. */
export async function lockHeldAssessmentOnly(tx: Tx, hold: JobHold, id: string): Promise<Assessment> {
  const assessment = await lockAssessment(tx, id);
  const job = await lockHeldJob(tx, hold);
  if (assessment?.status !== "running" || job === undefined) throw leaseLost();
  return assessment;
}
