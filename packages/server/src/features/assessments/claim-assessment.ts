import type { ClaimRequest, RunnerJob } from "@ingot/runner/protocol";
import { createToken, type Actor } from "../access/index.ts";
import { recordEvent } from "../events/index.ts";
import {
  canServe,
  engineFor,
  heartbeatSeconds,
  inputVariables,
  leaseSeconds,
  maskedValues,
  phaseSlackSeconds,
  runEnvironment,
  signJobLink,
  type JobThing,
} from "../runners/index.ts";
import { findCurrentStateVersion } from "../state-versions/index.ts";
import { listVariables } from "../variables/index.ts";
import { lockWorkspaceRow, type Workspace } from "../workspaces/index.ts";
import { claimJobs, type JobHold } from "../../jobs/index.ts";
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

const lifetimeMs = (assessmentTimeoutSeconds + phaseSlackSeconds) * 1000;

/**
 * Gives the runner the assessment that has waited longest, or nothing, also while as many as may are running in its
 * organization. What it reads with its credential counts as read by nobody, and it can change nothing.
 */
export async function claimAssessment(
  deps: AssessmentDeps,
  actor: Actor,
  request: ClaimRequest,
): Promise<RunnerJob | undefined> {
  if (request.phases?.includes("assess") !== true) return undefined;
  const names = [...new Set(request.engines.map((engine) => engine.name))];
  for (const queued of await listQueuedAssessments(deps.db, actor, names)) {
    if (!canServe(request.engines, queued)) continue;
    const started = await start(deps, actor, request, queued);
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
    const [job] = await claimJobs(tx, {
      kinds: [assessmentJobKind],
      ids: [assessment.jobId],
      holder: `${request.runner} (${actor.id})`,
      leaseMs: leaseSeconds * 1000,
      limit: 1,
      now,
      takeOver: false,
    });
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
        expiresAt: now + lifetimeMs,
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
  const { workspace, assessment, hold, token } = started;
  const variables = await listVariables(deps.db, deps.sealer, workspace.id);
  const publicUrl = deps.publicUrl();
  const link = async (thing: JobThing): Promise<string> =>
    publicUrl + (await signJobLink(deps.signer, hold, thing, lifetimeMs));
  const hasState = (await findCurrentStateVersion(deps.db, workspace.id)) !== undefined;
  const run = {
    id: assessment.id,
    configurationVersionId: assessment.configurationVersionId,
    clientId: workspace.id,
  };
  return {
    id: hold.id,
    fence: hold.fence,
    lease_seconds: leaseSeconds,
    heartbeat_seconds: heartbeatSeconds,
    phase: "assess",
    run_id: assessment.id,
    workspace: { id: workspace.id, name: workspace.name, organization: workspace.organizationName },
    engine: engineFor(request.engines, workspace),
    working_directory: workspace.workingDirectory,
    options: { destroy: false, refresh: true, refresh_only: false, targets: [], replaces: [] },
    variables: inputVariables(variables, []),
    environment: runEnvironment({ run, workspace, variables, token, publicUrl }),
    masked: maskedValues(variables, token),
    timeout_seconds: assessmentTimeoutSeconds,
    urls: {
      configuration: await link("configuration"),
      state: hasState ? await link("state") : null,
      // The protocol has a place for both; they are refused for an assessment.
      state_upload: await link("state-upload"),
      plan_file: await link("plan-file"),
      plan_json: await link("plan-json"),
      log: await link("log"),
    },
    archive_bytes_max: deps.archiveBytesMax,
  };
}
