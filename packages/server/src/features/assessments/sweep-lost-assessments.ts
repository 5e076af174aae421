import { leaseSeconds } from "../runners/index.ts";
import { lockWorkspaceRow } from "../workspaces/index.ts";
import { completeJob, listLostJobs, lockHeldJob, type JobHold } from "../../jobs/index.ts";
import type { Millis } from "../../platform/clock.ts";
import type { AssessmentDeps } from "./assessment-deps.ts";
import { findAssessmentByJob, lockAssessment } from "./assessment-store.ts";
import { assessmentJobKind, endAssessment } from "./end-assessment.ts";

/**
 * Ends the assessments of runners that fell silent as failed. While this server is younger than a lease, runners may be
 * silent only because there was no server to talk to; so `startedAt` delays the first round.
 */
export async function sweepLostAssessments(
  deps: Pick<AssessmentDeps, "db" | "now" | "wakeRunners" | "wakeJobs">,
  startedAt: Millis,
): Promise<void> {
  const now = deps.now();
  if (now - startedAt < leaseSeconds * 1000) return;
  let ended = 0;
  for (const job of await listLostJobs(deps.db, [assessmentJobKind], now)) {
    if (await endLost(deps, job)) ended += 1;
  }
  if (ended > 0) {
    deps.wakeRunners();
    deps.wakeJobs();
  }
}

async function endLost(deps: Pick<AssessmentDeps, "db" | "now">, hold: JobHold): Promise<boolean> {
  return deps.db.transaction().execute(async (tx) => {
    const found = await findAssessmentByJob(tx, hold.id);
    if (found === undefined) {
      // Its workspace was deleted.
      await completeJob(tx, hold);
      return false;
    }
    await lockWorkspaceRow(tx, found.workspaceId);
    const assessment = await lockAssessment(tx, found.id);
    const job = await lockHeldJob(tx, hold);
    const now = deps.now();
    // A heartbeat arrived after the list was made, or it has ended.
    if (assessment?.status !== "running" || job === undefined || (job.leaseUntil ?? 0) >= now) return false;
    const name = JSON.stringify(assessment.runnerName ?? "");
    const errorMessage = `The runner was lost: ${name} has not been heard of for ${leaseSeconds} seconds.`;
    await endAssessment(tx, assessment, { status: "failed", errorMessage }, now);
    return true;
  });
}
