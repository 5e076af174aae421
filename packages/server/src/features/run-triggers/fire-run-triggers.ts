import type { Db, Tx } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/logger.ts";
import { findRun, findTriggeredRun, type NewRun, type Run, type RunCause } from "../runs/index.ts";
import { lockWorkspaceRow } from "../workspaces/index.ts";
import { listFired } from "./run-trigger-store.ts";
import type { RunTrigger } from "./run-trigger.ts";

/** Why a run exists that an apply of another workspace has started. */
export interface RunTriggerCause extends RunCause {
  readonly kind: "run-trigger";
  readonly run_trigger_id: string;
  readonly run_id: string;
  readonly workspace_id: string;
  readonly workspace_name: string;
}

export interface FireDeps {
  readonly db: Db;
  readonly logger: Logger;
  readonly createRun: (tx: Tx, run: NewRun) => Promise<Run>;
}

/**
 * Starts a run in every workspace that has this run's workspace as a source, from its newest configuration. Repeatable: one
 * apply starts one run in each. A workspace that cannot run does not hold up the others. Returns the number of runs made.
 */
export async function fireRunTriggers(deps: FireDeps, runId: string): Promise<number> {
  const run = await findRun(deps.db, runId);
  if (run?.status !== "applied") return 0;
  let made = 0;
  for (const trigger of await listFired(deps.db, run.workspaceId)) {
    if (await fire(deps, run, trigger)) made++;
  }
  return made;
}

async function fire(deps: FireDeps, run: Run, trigger: RunTrigger): Promise<boolean> {
  const cause: RunTriggerCause = {
    kind: "run-trigger",
    run_trigger_id: trigger.id,
    run_id: run.id,
    workspace_id: trigger.sourceId,
    workspace_name: trigger.sourceName,
  };
  try {
    return await deps.db.transaction().execute(async (tx) => {
      const workspace = await lockWorkspaceRow(tx, trigger.workspaceId);
      if (workspace === undefined || workspace.executionMode === "local") return false;
      if (await findTriggeredRun(tx, workspace.id, run.id)) return false;
      await deps.createRun(tx, {
        workspaceId: workspace.id,
        createdBy: { id: null, name: "run trigger" },
        source: "tfe-run-trigger",
        message: `Triggered by an apply in ${trigger.sourceName}`,
        cause,
        triggeringRunId: run.id,
        // Independent of auto-apply. Source: HCP Terraform, run triggers.
        autoApply: workspace.autoApplyRunTrigger,
      });
      return true;
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    deps.logger.warn({ runId: run.id, workspaceId: trigger.workspaceId, err: error }, "a run trigger made no run");
    return false;
  }
}
