import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { canSee, type Actor } from "../access/index.ts";
import { findRun, findStage, lockRunAtStage, settleStage, type Run, type TaskStage } from "../runs/index.ts";
import { findWorkspace } from "../workspaces/index.ts";
import type { StageDeps } from "./settle-result.ts";
import { insertOverride } from "./task-stage-override-store.ts";
import { taskStageNotFound } from "./task-result.ts";

export interface OverrideStageDeps extends StageDeps {
  /** Takes the failed evaluations of a stage as overridden. */
  readonly overrideEvaluations: (tx: Tx, stageId: string, now: Millis) => Promise<void>;
}

/** A stage with its run. Errors: not_found/task_stage_not_found, forbidden/role_too_low. */
export async function getStage(
  deps: Pick<StageDeps, "db">,
  actor: Actor,
  id: string,
): Promise<{ readonly stage: TaskStage; readonly run: Run }> {
  const stage = await findStage(deps.db, id);
  const run = stage && (await findRun(deps.db, stage.runId));
  const workspace = run && (await findWorkspace(deps.db, run.workspaceId));
  if (stage === undefined || run === undefined || workspace === undefined || !canSee(actor, run)) {
    throw taskStageNotFound();
  }
  return { stage, run };
}

/**
 * Lets a run go on though mandatory policies failed, where their sets allow it. Returns the stage as it is while what was
 * found is judged anew, which the run then goes on from. Errors: not_found/task_stage_not_found, forbidden/role_too_low,
 * conflict/stage_not_overridable.
 */
export async function overrideStage(
  deps: OverrideStageDeps,
  actor: Actor,
  id: string,
  comment: string | null,
): Promise<TaskStage> {
  await getStage(deps, actor, id);
  const overridden = await deps.db.transaction().execute(async (tx) => {
    const held = await lockRunAtStage(tx, id);
    if (held?.stage.status !== "awaiting_override") return undefined;
    const now = deps.now();
    const run = await settleStage(tx, held.run, held.stage, { status: "running" }, now);
    const stage: TaskStage = {
      ...held.stage,
      status: "running",
      statusTimes: { ...held.stage.statusTimes, running: now },
      updatedAt: now,
    };
    await insertOverride(tx, { stageId: id, byName: actor.name, comment, at: now });
    await deps.overrideEvaluations(tx, id, now);
    await settleStage(tx, run, stage, { status: "passed" }, now);
    return stage;
  });
  if (overridden === undefined) {
    throw new DomainError(
      "conflict",
      "stage_not_overridable",
      "The task stage does not wait for anybody to override it.",
    );
  }
  deps.wakeJobs();
  deps.wakeRunners();
  return overridden;
}
