import { recordEvent } from "../events/index.ts";
import { findWorkspace } from "../workspaces/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { addRunEvent } from "./add-run-history.ts";
import type { Author } from "./run-history.ts";
import { waitsForPerson, type RunStatus } from "./run-status.ts";
import type { Run } from "./run.ts";

/** Writes down that the run has entered its status. `waits`: for a person, as far as the run itself can tell. */
export async function recordRunStatus(
  tx: Tx,
  run: Run,
  now: Millis,
  options: { readonly waits?: boolean } = {},
): Promise<void> {
  const workspace = await findWorkspace(tx, run.workspaceId);
  const actor = actorOf(run);
  const action = run.status === "pending" ? "created" : run.status;
  await addRunEvent(tx, { runId: run.id, action, actor, description: `The run ${words[run.status]}.` }, now);
  await recordEvent(
    tx,
    {
      kind: `run.${run.status}`,
      organizationId: run.organizationId,
      projectId: run.projectId,
      workspaceId: run.workspaceId,
      summary: `Run ${run.number} of ${workspace?.name ?? run.workspaceId} ${words[run.status]}`,
      actorName: actor?.name ?? null,
      data: {
        runId: run.id,
        status: run.status,
        message: run.message,
        waits: options.waits ?? waitsForPerson(run.status),
        ...(run.errorMessage === null ? {} : { error: run.errorMessage.slice(0, 1000) }),
      },
    },
    now,
  );
}

function actorOf(run: Run): Author | null {
  switch (run.status) {
    case "canceled":
      return run.canceledBy;
    case "confirmed":
    case "pre_apply_running":
    case "apply_queued":
      return run.confirmedBy;
    case "pending":
      return run.createdById === null ? null : { id: run.createdById, name: run.createdByName };
    default:
      return null;
  }
}

const words: Record<RunStatus, string> = {
  pending: "was created",
  pre_plan_running: "is checked before its plan",
  pre_plan_awaiting_decision: "waits for somebody to override a check before its plan",
  pre_plan_completed: "passed the checks before its plan",
  queuing: "is offered to the runners",
  plan_queued: "waits for a runner to plan",
  planning: "is planning",
  planned: "is planned",
  post_plan_running: "is checked after its plan",
  post_plan_awaiting_decision: "waits for somebody to override a check of its plan",
  post_plan_completed: "passed the checks of its plan",
  planned_and_saved: "is planned, and its plan saved",
  planned_and_finished: "is planned and needs no apply",
  confirmed: "was confirmed",
  pre_apply_running: "is checked before its apply",
  pre_apply_completed: "passed the checks before its apply",
  queuing_apply: "is offered to the runners for its apply",
  apply_queued: "waits for a runner to apply",
  applying: "is applying",
  post_apply_running: "was applied, and is looked at",
  post_apply_completed: "was applied and looked at",
  applied: "was applied",
  discarded: "was discarded",
  errored: "failed",
  canceled: "was canceled",
};
