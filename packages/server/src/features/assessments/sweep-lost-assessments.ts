import { leaseSeconds } from "../runners/index.ts";
import { lockWorkspaceRow } from "../workspaces/index.ts";
import { completeJob, listLostJobs, lockHeldJob, type JobHold } from "../../jobs/index.ts";
import type { Millis } from "../../platform/clock.ts";
import type { AssessmentDeps } from "./assessment-deps.ts";
import { findAssessmentByJob, listUnclaimedAssessments, lockAssessment } from "./assessment-store.ts";
import type { Assessment } from "./assessment.ts";
import { assessmentJobKind, endAssessment } from "./end-assessment.ts";

// Long enough for the assessments before it; who has no runner for a workspace must be told that nothing is known of it.
const unclaimedMs = 3_600_000;

/**
 * Ends as failed the assessments of runners that fell silent, and those that no runner takes for an hour. While this server
 * is younger than a lease, runners may be silent only because there was no server to talk to; so `startedAt` delays the
 * first round.
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
  // An hour of the server's own: before, no runner could ask.
  if (now - startedAt > unclaimedMs) {
    for (const unclaimed of await listUnclaimedAssessments(deps.db, now - unclaimedMs)) {
      if (await endUnclaimed(deps, unclaimed)) ended += 1;
    }
  }
  if (ended > 0) {
    deps.wakeRunners();
    deps.wakeJobs();
  }
}

async function endUnclaimed(deps: Pick<AssessmentDeps, "db" | "now">, unclaimed: Assessment): Promise<boolean> {
  return deps.db.transaction().execute(async (tx) => {
    await lockWorkspaceRow(tx, unclaimed.workspaceId);
    const assessment = await lockAssessment(tx, unclaimed.id);
    if (assessment?.status !== "queued") return false;
    const errorMessage = "No runner took it within an hour: is there one that can assess, with the workspace's engine?";
    await endAssessment(tx, assessment, { status: "failed", errorMessage }, deps.now());
    return true;
  });
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
