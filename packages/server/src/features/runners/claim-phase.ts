import type { ClaimRequest, RunnerJob } from "@ingot/runner/protocol";
import { createToken, type Actor } from "../access/index.ts";
import {
  jobKindOf,
  listQueuedPhases,
  lockPhase,
  lockRun,
  moveRun,
  readRunVariables,
  savePhase,
  type Phase,
  type QueuedPhase,
  type Run,
} from "../runs/index.ts";
import { findCurrentStateVersion } from "../state-versions/index.ts";
import { listVariables } from "../variables/index.ts";
import { lockWorkspaceRow, type Workspace } from "../workspaces/index.ts";
import { claimJobs, type JobHold } from "../../jobs/index.ts";
import { canServe, engineFor } from "./engine-demand.ts";
import { signJobLink, type JobThing } from "./job-link.ts";
import { inputVariables, maskedValues, runEnvironment } from "./run-environment.ts";
import {
  heartbeatSeconds,
  leaseSeconds,
  phaseSlackSeconds,
  phaseTimeoutSeconds,
  type RunnerDeps,
} from "./runner-deps.ts";

interface StartedPhase {
  readonly workspace: Workspace;
  readonly run: Run;
  readonly phase: Phase;
  readonly hold: JobHold;
  readonly token: string;
}

/**
 * Gives the runner the most urgent phase that it can do, or nothing. The phase is running from then on, under a lease and
 * with a credential of its own. Two runners never get the same phase.
 */
export async function claimPhase(
  deps: RunnerDeps,
  actor: Actor,
  request: ClaimRequest,
): Promise<RunnerJob | undefined> {
  const names = [...new Set(request.engines.map((engine) => engine.name))];
  for (const queued of await listQueuedPhases(deps.db, actor, names)) {
    if (!canServe(request.engines, queued)) continue;
    const started = await startPhase(deps, actor, request, queued);
    if (started !== undefined) return buildJob(deps, request, started);
  }
  return undefined;
}

async function startPhase(
  deps: RunnerDeps,
  actor: Actor,
  request: ClaimRequest,
  queued: QueuedPhase,
): Promise<StartedPhase | undefined> {
  return deps.db.transaction().execute(async (tx) => {
    const workspace = await lockWorkspaceRow(tx, queued.workspaceId);
    const run = await lockRun(tx, queued.runId);
    const phase = await lockPhase(tx, queued.phaseId);
    if (workspace === undefined || run === undefined || phase?.status !== "queued" || phase.jobId === null) {
      return undefined;
    }
    const now = deps.now();
    const [job] = await claimJobs(tx, {
      kinds: [jobKindOf(phase.kind)],
      ids: [phase.jobId],
      holder: `${request.runner} (${actor.id})`,
      leaseMs: leaseSeconds * 1000,
      limit: 1,
      now,
      takeOver: false,
    });
    if (job === undefined) return undefined;
    const running: Phase = {
      ...phase,
      status: "running",
      fence: job.fence,
      runnerName: request.runner,
      startedAt: now,
    };
    await savePhase(tx, running);
    const moved = await moveRun(tx, run, phase.kind === "plan" ? "planning" : "applying", now);
    const token = await createToken(
      tx,
      {
        organizationId: workspace.organizationId,
        projectId: workspace.projectId,
        principalId: null,
        workspaceId: workspace.id,
        runId: run.id,
        name: `${phase.kind} of ${run.id}`,
        expiresAt: now + (phaseTimeoutSeconds + phaseSlackSeconds) * 1000,
      },
      now,
    );
    return { workspace, run: moved, phase: running, hold: { id: job.id, fence: job.fence }, token };
  });
}

async function buildJob(deps: RunnerDeps, request: ClaimRequest, started: StartedPhase): Promise<RunnerJob> {
  const { workspace, run, phase, hold, token } = started;
  const variables = await listVariables(deps.db, deps.sealer, workspace.id);
  const publicUrl = deps.publicUrl();
  const link = async (thing: JobThing): Promise<string> =>
    publicUrl + (await signJobLink(deps.signer, hold, thing, (phaseTimeoutSeconds + phaseSlackSeconds) * 1000));
  const ofRun = (await readRunVariables(deps.db, deps.sealer, [run.id])).get(run.id) ?? [];
  const hasState = (await findCurrentStateVersion(deps.db, workspace.id)) !== undefined;
  return {
    id: hold.id,
    fence: hold.fence,
    lease_seconds: leaseSeconds,
    heartbeat_seconds: heartbeatSeconds,
    phase: phase.kind,
    run_id: run.id,
    workspace: { id: workspace.id, name: workspace.name, organization: workspace.organizationName },
    engine: engineFor(request.engines, workspace),
    working_directory: workspace.workingDirectory,
    options: {
      destroy: run.isDestroy,
      refresh: run.refresh,
      refresh_only: run.refreshOnly,
      targets: [...(run.targetAddrs ?? [])],
      replaces: [...(run.replaceAddrs ?? [])],
    },
    variables: inputVariables(variables, ofRun),
    environment: runEnvironment({ run: { ...run, clientId: run.id }, workspace, variables, token, publicUrl }),
    masked: maskedValues(variables, token),
    timeout_seconds: phaseTimeoutSeconds,
    urls: {
      configuration: await link("configuration"),
      state: hasState ? await link("state") : null,
      state_upload: await link("state-upload"),
      plan_file: await link("plan-file"),
      plan_json: await link("plan-json"),
      log: await link("log"),
    },
    archive_bytes_max: deps.archiveBytesMax,
  };
}
