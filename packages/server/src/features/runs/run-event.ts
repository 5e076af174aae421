import { recordEvent } from "../events/index.ts";
import { findWorkspace } from "../workspaces/index.ts";
import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { isConfirmable, type RunStatus } from "./run-status.ts";
import type { Run } from "./run.ts";

/** Writes down that the run has entered its status. `waits`: for a person, as far as the run itself can tell. */
export async function recordRunStatus(
  tx: Tx,
  run: Run,
  now: Millis,
  options: { readonly waits?: boolean } = {},
): Promise<void> {
  const workspace = await findWorkspace(tx, run.workspaceId);
  await recordEvent(
    tx,
    {
      kind: `run.${run.status}`,
      organizationId: run.organizationId,
      projectId: run.projectId,
      workspaceId: run.workspaceId,
      summary: `Run ${run.number} of ${workspace?.name ?? run.workspaceId} ${words[run.status]}`,
      actorName: actorOf(run),
      data: {
        runId: run.id,
        status: run.status,
        message: run.message,
        waits: options.waits ?? isConfirmable(run),
        ...(run.errorMessage === null ? {} : { error: run.errorMessage.slice(0, 1000) }),
      },
    },
    now,
  );
}

function actorOf(run: Run): string | null {
  switch (run.status) {
    case "canceled":
      return run.canceledByName;
    case "confirmed":
    case "apply_queued":
      return run.confirmedByName;
    case "pending":
      return run.createdById === null ? null : run.createdByName;
    default:
      return null;
  }
}

const words: Record<RunStatus, string> = {
  pending: "was created",
  plan_queued: "waits for a runner to plan",
  planning: "is planning",
  planned: "is planned",
  planned_and_saved: "is planned, and its plan saved",
  planned_and_finished: "is planned and needs no apply",
  confirmed: "was confirmed",
  apply_queued: "waits for a runner to apply",
  applying: "is applying",
  applied: "was applied",
  discarded: "was discarded",
  errored: "failed",
  canceled: "was canceled",
};
