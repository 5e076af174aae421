import type { CompleteRequest } from "@ingot/runner/protocol";
import type { Actor } from "../access/index.ts";
import {
  appendText,
  endPhase,
  endRun,
  finishApply,
  finishPlan,
  leaseLost,
  type Phase,
  type Run,
} from "../runs/index.ts";
import { summarizeDependencies } from "../workspace-summaries/index.ts";
import { completeJob, renewLease, type JobHold } from "../../jobs/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { findHeldRun, lockHeldPhase } from "./held-phase.ts";
import { readPlanJson } from "./phase-files.ts";
import type { RunnerDeps } from "./runner-deps.ts";

interface ImageCheck {
  readonly passed: boolean;
  readonly text: string;
}

// The runner waits for the answer and sends no heartbeat meanwhile.
const checkLeaseMs = 120_000;

/**
 * The runner's last word about its phase. The plan's end, whether the run has changes, and whether it may be confirmed
 * become visible together: a client that sees a finished plan acts on the run at once. Repeating the report is harmless.
 * Errors: conflict/lease_lost. Source: Terraform, internal/cloud/backend_apply.go.
 */
export async function completePhase(
  deps: RunnerDeps,
  actor: Actor,
  jobId: string,
  report: CompleteRequest,
): Promise<void> {
  const hold: JobHold = { id: jobId, fence: report.fence };
  const { run, phase } = await findHeldRun(deps.db, hold, actor);
  if (phase.reported && phase.fence === hold.fence) return;
  const asksForCheck = phase.kind === "plan" && report.outcome === "finished" && run.cancelRequestedAt === null;
  try {
    const check = asksForCheck ? await checkPlan(deps, hold, run, phase) : undefined;
    await deps.db.transaction().execute(async (tx) => {
      const held = await lockHeldPhase(tx, hold, actor);
      const ended: Phase = {
        ...held.phase,
        reported: true,
        engine: report.engine ?? null,
        counts: report.counts ?? null,
        hasChanges: report.has_changes ?? null,
      };
      await completeJob(tx, hold);
      if (ended.kind === "plan") await completePlan(tx, held.run, ended, report, check, deps.now());
      else await completeApply(tx, held.run, ended, report, deps.now());
      await noteDependencies(tx, held.run, ended, report);
    });
  } catch (error) {
    // The same report, sent twice at the same time.
    const now = await findHeldRun(deps.db, hold, actor);
    if (!now.phase.reported || now.phase.fence !== hold.fence) throw error;
  }
  deps.logs.ring(phase.id);
  deps.wakeRunners();
  deps.wakeJobs();
}

/** What a run uses is what its workspace does once it has been applied, or when there was nothing to apply. */
async function noteDependencies(tx: Tx, run: Run, phase: Phase, report: CompleteRequest): Promise<void> {
  const { dependencies } = report;
  if (report.outcome !== "finished" || run.planOnly || dependencies === undefined) return;
  if (phase.kind === "plan" && report.has_changes !== false) return;
  await summarizeDependencies(tx, { id: run.workspaceId, organizationId: run.organizationId }, dependencies);
}

/** A plan that cannot be checked does not pass: unknown never counts as good. */
async function checkPlan(deps: RunnerDeps, hold: JobHold, run: Run, phase: Phase): Promise<ImageCheck> {
  if (!(await renewLease(deps.db, hold, deps.now() + checkLeaseMs))) throw leaseLost();
  const json = await readPlanJson(deps, phase);
  if (json === undefined) {
    return notChecked("the runner has sent no JSON of the plan. Update the runner, then run again.");
  }
  try {
    return await deps.checkImages({
      organizationId: run.organizationId,
      projectId: run.projectId,
      workspaceId: run.workspaceId,
      runId: run.id,
      planJson: JSON.parse(json.toString("utf8")) as unknown,
    });
  } catch (error) {
    return notChecked(error instanceof Error ? error.message : String(error));
  }
}

function notChecked(reason: string): ImageCheck {
  return { passed: false, text: `\nError: the images of this plan could not be checked: ${reason}\n` };
}

async function completePlan(
  tx: Tx,
  run: Run,
  phase: Phase,
  report: CompleteRequest,
  check: ImageCheck | undefined,
  now: Millis,
): Promise<void> {
  if (report.outcome !== "finished") return endUnfinished(tx, run, phase, report, now);
  if (run.cancelRequestedAt !== null) {
    // Somebody asked to stop while the plan was ending; going on is the one thing they did not want.
    await endPhase(tx, phase, "finished", now);
    await endRun(tx, run, "canceled", now);
    return;
  }
  const hasChanges = report.has_changes ?? true;
  const planned: Run = { ...run, hasChanges };
  const written = await appendText(tx, phase, check?.text ?? "");
  await endPhase(tx, written, "finished", now);
  if (check?.passed !== true) {
    await endRun(tx, { ...planned, errorMessage: check?.text.trim() ?? "" }, "errored", now);
    return;
  }
  await finishPlan(tx, planned, now);
}

async function completeApply(tx: Tx, run: Run, phase: Phase, report: CompleteRequest, now: Millis): Promise<void> {
  // An apply that finished has changed everything it meant to, also when somebody asked it to stop.
  if (report.outcome !== "finished") return endUnfinished(tx, run, phase, report, now);
  await endPhase(tx, phase, "finished", now);
  await finishApply(tx, run, now);
}

async function endUnfinished(tx: Tx, run: Run, phase: Phase, report: CompleteRequest, now: Millis): Promise<void> {
  const to = report.outcome === "canceled" ? "canceled" : "errored";
  const message = report.message ?? null;
  const written = report.in_log === true ? await appendText(tx, phase, `\nError: ${message ?? ""}\n`) : phase;
  await endPhase(tx, written, to, now);
  await endRun(tx, { ...run, errorMessage: message }, to, now);
}
