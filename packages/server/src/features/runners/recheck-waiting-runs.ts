import { endRun, listPhases, listRunsAwaitingApply, lockRun, mayStillBeStopped, type Run } from "../runs/index.ts";
import { lockWorkspaceRow } from "../workspaces/index.ts";
import type { Logger } from "../../platform/logger.ts";
import { readPlanJson } from "./phase-files.ts";
import type { RunnerDeps } from "./runner-deps.ts";

/**
 * Checks the plans again that are finished and not yet applied: what was good when it was planned may have been revoked
 * since. A run that no longer passes ends, with the check's words as its message; an apply that a runner has begun goes on.
 * A plan that cannot be read keeps the answer that it had. Repeatable.
 */
export async function recheckWaitingRuns(
  deps: Pick<RunnerDeps, "db" | "now" | "blobs" | "sealer" | "checkImages" | "wakeRunners" | "wakeJobs">,
  logger: Logger,
): Promise<void> {
  for (const run of await listRunsAwaitingApply(deps.db)) {
    const plan = (await listPhases(deps.db, [run.id])).find((phase) => phase.kind === "plan");
    const json = plan && (await readPlanJson(deps, plan));
    if (json === undefined) continue;
    const check = await deps.checkImages({
      organizationId: run.organizationId,
      projectId: run.projectId,
      workspaceId: run.workspaceId,
      runId: run.id,
      planJson: JSON.parse(json.toString("utf8")) as unknown,
    });
    if (check.passed) continue;
    await stopRun(deps, run, check.text.trim());
    logger.info({ runId: run.id }, "image check: a run that waited to be applied was stopped");
  }
}

async function stopRun(
  deps: Pick<RunnerDeps, "db" | "now" | "wakeRunners" | "wakeJobs">,
  waiting: Run,
  errorMessage: string,
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await lockWorkspaceRow(tx, waiting.workspaceId);
    const run = await lockRun(tx, waiting.id);
    // Somebody discarded it, or a runner has begun, since the list was made.
    if (run === undefined || !mayStillBeStopped(run)) return;
    await endRun(tx, { ...run, errorMessage }, "errored", deps.now());
  });
  deps.wakeRunners();
  deps.wakeJobs();
}
