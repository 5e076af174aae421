import type { ClaimRequest, RunnerJob } from "@ingot/runner/protocol";
import { createToken, type Actor } from "../access/index.ts";
import type { Claimant } from "../agent-pools/index.ts";
import { recordEvent } from "../events/index.ts";
import { buildRunnerJob, canServe, claimForRunner, enginesOf, jobLifetimeMs, workOf } from "../runners/index.ts";
import { lockWorkspaceRow, type Workspace } from "../workspaces/index.ts";
import type { JobHold } from "../../jobs/index.ts";
import { assessmentTimeoutSeconds, type AssessmentDeps } from "./assessment-deps.ts";
import {
  countAssessments,
  holdGate,
  listQueuedAssessments,
  lockAssessment,
  saveAssessment,
  type QueuedAssessment,
} from "./assessment-store.ts";
import type { Assessment } from "./assessment.ts";
import { assessmentJobKind } from "./end-assessment.ts";

interface StartedAssessment {
  readonly workspace: Workspace;
  readonly assessment: Assessment;
  readonly hold: JobHold;
  readonly token: string;
}

/**
 * Gives the runner the assessment that has waited longest, or nothing, also while as many as may are running in its
 * organization. What it reads with its credential counts as read by nobody, and it can change nothing.
 */
export async function claimAssessment(
  deps: AssessmentDeps,
  claimant: Claimant,
  request: ClaimRequest,
): Promise<RunnerJob | undefined> {
  if (request.phases?.includes("assess") !== true) return undefined;
  const names = enginesOf(request);
  for (const queued of await listQueuedAssessments(deps.db, workOf(claimant), names)) {
    if (!canServe(request, queued)) continue;
    const started = await start(deps, claimant.actor, request, queued);
    if (started !== undefined) {
      deps.wakeJobs();
      return buildJob(deps, request, started);
    }
  }
  return undefined;
}

async function start(
  deps: AssessmentDeps,
  actor: Actor,
  request: ClaimRequest,
  queued: QueuedAssessment,
): Promise<StartedAssessment | undefined> {
  return deps.db.transaction().execute(async (tx) => {
    await holdGate(tx, queued.organizationId);
    if ((await countAssessments(tx, queued.organizationId, ["running"])) >= deps.parallelMax) return undefined;
    const workspace = await lockWorkspaceRow(tx, queued.workspaceId);
    const assessment = await lockAssessment(tx, queued.id);
    if (workspace === undefined || assessment?.status !== "queued" || assessment.jobId === null) return undefined;
    const now = deps.now();
    const job = await claimForRunner(tx, { kind: assessmentJobKind, jobId: assessment.jobId, request, actor, now });
    if (job === undefined) return undefined;
    const running: Assessment = {
      ...assessment,
      status: "running",
      fence: job.fence,
      runnerName: request.runner,
      startedAt: now,
    };
    await saveAssessment(tx, running);
    const token = await createToken(
      tx,
      {
        organizationId: workspace.organizationId,
        projectId: workspace.projectId,
        principalId: null,
        workspaceId: workspace.id,
        name: `assessment ${assessment.id}`,
        expiresAt: now + jobLifetimeMs(assessmentTimeoutSeconds),
      },
      now,
    );
    await recordEvent(
      tx,
      {
        kind: "assessment.started",
        organizationId: workspace.organizationId,
        projectId: workspace.projectId,
        workspaceId: workspace.id,
        summary: `An assessment of ${workspace.name} began`,
        actorName: assessment.requestedByName,
        data: { assessmentId: assessment.id, trigger: assessment.trigger },
      },
      now,
    );
    return { workspace, assessment: running, hold: { id: job.id, fence: job.fence }, token };
  });
}

async function buildJob(deps: AssessmentDeps, request: ClaimRequest, started: StartedAssessment): Promise<RunnerJob> {
  const { workspace, assessment } = started;
  return buildRunnerJob(deps, request, started, {
    phase: "assess",
    run: {
      id: assessment.id,
      configurationVersionId: assessment.configurationVersionId,
      clientId: workspace.id,
    },
    options: { destroy: false, refresh: true, refresh_only: false, targets: [], replaces: [] },
    variables: [],
    timeoutSeconds: assessmentTimeoutSeconds,
  });
}
