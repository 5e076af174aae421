import { deleteAssessmentTokens } from "../access/index.ts";
import { recordEvent } from "../events/index.ts";
import { summarizeAssessment } from "../workspace-summaries/index.ts";
import { completeJob, enqueueJob, withdrawJob } from "../../jobs/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { historyMax } from "./assessment-deps.ts";
import { findActiveAssessment, lockAssessment, pruneAssessments, saveAssessment } from "./assessment-store.ts";
import { countFailingChecks, hasDrifted, hasSucceeded, isActive, type Assessment } from "./assessment.ts";

/** What a runner does with an assessment. The kind of its job. */
export const assessmentJobKind = "runner.assess";

/** Moves the log of an assessment that is over into a blob. */
export const compactAssessmentLogJob = "compact-assessment-log";

/**
 * Ends an assessment: its job and its credential end with it, and the oldest of the workspace are forgotten. The caller
 * has locked the workspace first and the assessment second; the job comes after.
 */
export async function endAssessment(
  tx: Tx,
  assessment: Assessment,
  end: Pick<Assessment, "status" | "errorMessage"> & Partial<Assessment>,
  now: Millis,
): Promise<void> {
  if (assessment.jobId !== null) {
    if (assessment.status === "queued") await withdrawJob(tx, assessmentJobKind, assessment.id);
    else if (assessment.fence !== null) await completeJob(tx, { id: assessment.jobId, fence: assessment.fence });
  }
  await deleteAssessmentTokens(tx, assessment.workspaceId);
  const ended: Assessment = { ...assessment, ...end, logClosed: true, endedAt: now };
  await saveAssessment(tx, ended);
  if (ended.counts !== null) {
    await summarizeAssessment(tx, { id: ended.workspaceId, organizationId: ended.organizationId }, ended.counts);
  }
  if (ended.logBytes > 0) {
    const payload = { assessmentId: ended.id };
    await enqueueJob(tx, { kind: compactAssessmentLogJob, payload, uniqueKey: ended.id }, now);
  }
  const keys = await pruneAssessments(tx, ended.workspaceId, historyMax);
  if (keys.length > 0) await enqueueJob(tx, { kind: "remove-blobs", payload: { keys } }, now);
  // Of one that never began nobody was told, unless it is a failure.
  if (ended.startedAt === null && ended.status === "canceled") return;
  await recordEvent(
    tx,
    {
      kind: "assessment.finished",
      organizationId: ended.organizationId,
      projectId: ended.projectId,
      workspaceId: ended.workspaceId,
      summary: describeEnd(ended),
      actorName: ended.requestedByName,
      data: {
        assessmentId: ended.id,
        status: ended.status,
        succeeded: hasSucceeded(ended),
        drifted: hasDrifted(ended),
        checksFailed: countFailingChecks(ended),
      },
    },
    now,
  );
}

/**
 * Ends the assessment of a workspace that the caller has locked, if there is one: runs go first. Its runner learns it from
 * its next heartbeat.
 */
export async function interruptAssessment(tx: Tx, workspaceId: string, now: Millis): Promise<void> {
  const active = await findActiveAssessment(tx, workspaceId);
  const assessment = active && (await lockAssessment(tx, active.id));
  if (assessment === undefined || !isActive(assessment)) return;
  await endAssessment(tx, assessment, { status: "canceled", errorMessage: "A run of the workspace went first." }, now);
}

function describeEnd(assessment: Assessment): string {
  const name = assessment.workspaceName;
  if (assessment.counts === null) {
    return `The assessment of ${name} ${assessment.status === "canceled" ? "was canceled" : "failed"}: ${assessment.errorMessage ?? ""}`;
  }
  const { resourcesDrifted: drifted } = assessment.counts;
  const failing = countFailingChecks(assessment) ?? 0;
  const found = [
    ...(drifted === 0 ? [] : [`${drifted} drifted ${drifted === 1 ? "resource" : "resources"}`]),
    ...(failing === 0 ? [] : [`${failing} failing ${failing === 1 ? "check" : "checks"}`]),
  ];
  return `The assessment of ${name} found ${found.length === 0 ? "nothing wrong" : found.join(" and ")}`;
}
