import type { ClaimRequest, RunnerJob } from "@ingot/runner/protocol";
import { createToken, workScope, type WorkScope } from "../access/index.ts";
import type { Claimant } from "../agent-pools/index.ts";
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
import { lockWorkspaceRow, type Workspace } from "../workspaces/index.ts";
import type { JobHold } from "../../jobs/index.ts";
import { canServe, enginesOf } from "./engine-demand.ts";
import { phaseTimeoutSeconds, type RunnerDeps } from "./runner-deps.ts";
import { buildRunnerJob, claimForRunner, jobLifetimeMs } from "./runner-job.ts";

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
  claimant: Claimant,
  request: ClaimRequest,
): Promise<RunnerJob | undefined> {
  const names = enginesOf(request);
  for (const queued of await listQueuedPhases(deps.db, workOf(claimant), names)) {
    if (!canServe(request, queued)) continue;
    const started = await startPhase(deps, claimant, request, queued);
    if (started !== undefined) return buildJob(deps, request, started);
  }
  return undefined;
}

/** A pool's runner takes the runs of the workspaces that name the pool; any other, those of the workspaces that name none. */
export function workOf({ actor, agent }: Claimant): WorkScope & { readonly agentPoolId: string | null } {
  return { ...workScope(actor), agentPoolId: agent?.agentPoolId ?? null };
}

async function startPhase(
  deps: RunnerDeps,
  { actor, agent }: Claimant,
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
    const job = await claimForRunner(tx, { kind: jobKindOf(phase.kind), jobId: phase.jobId, request, actor, now });
    if (job === undefined) return undefined;
    const running: Phase = {
      ...phase,
      status: "running",
      fence: job.fence,
      runnerName: request.runner,
      agentId: agent?.id ?? null,
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
        expiresAt: now + jobLifetimeMs(phaseTimeoutSeconds),
      },
      now,
    );
    return { workspace, run: moved, phase: running, hold: { id: job.id, fence: job.fence }, token };
  });
}

async function buildJob(deps: RunnerDeps, request: ClaimRequest, started: StartedPhase): Promise<RunnerJob> {
  const { run, phase } = started;
  const workspace = { ...started.workspace, engineVersion: run.engineVersion ?? started.workspace.engineVersion };
  const job = await buildRunnerJob(
    deps,
    request,
    { ...started, workspace },
    {
      phase: phase.kind,
      run: { ...run, clientId: run.id },
      options: {
        destroy: run.isDestroy,
        refresh: run.refresh,
        refresh_only: run.refreshOnly,
        targets: [...(run.targetAddrs ?? [])],
        replaces: [...(run.replaceAddrs ?? [])],
        invokes: [...(run.invokeAddrs ?? [])],
        policies: [...(run.policyPaths ?? [])],
        structured: isStructured(workspace, run),
        generate_config: run.allowConfigGeneration,
      },
      wantsRenderedPlan:
        phase.kind === "plan" && (run.savePlan || run.allowConfigGeneration || workspace.structuredRunOutputEnabled),
      variables: (await readRunVariables(deps.db, deps.sealer, [run.id])).get(run.id) ?? [],
      timeoutSeconds: phaseTimeoutSeconds,
    },
  );
  return run.debuggingMode ? { ...job, environment: { ...job.environment, TF_LOG: "TRACE" } } : job;
}

/** Only a command line that started the run renders its log: everybody else reads it as it is. */
function isStructured(workspace: Workspace, run: Run): boolean {
  return workspace.structuredRunOutputEnabled && run.source === "terraform+cloud";
}
