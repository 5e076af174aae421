import { createRunWithin, type NewRunDeps } from "../runs/index.ts";
import { listDueForDestroy, lockWorkspaceRow, setAutoDestroyAt } from "../workspaces/index.ts";
import type { Db, Tx } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";

export interface AutoDestroyDeps extends NewRunDeps {
  readonly db: Db;
  readonly wakeRunners: () => void;
  /** Of a workspace that is due and cannot be destroyed, with the reason. */
  readonly onRefused: (workspaceId: string, reason: string) => void;
}

// More wait for the next time: no sweep is as long as the list of workspaces.
const workspacesASweep = 50;

/**
 * Begins a destroy run, which nobody has to confirm, for every workspace whose time has come; its time is cleared by that,
 * and set again by the next change of its state. One that cannot be destroyed, for example for want of a configuration, is
 * reported and left alone. Of two replicas one makes the run. Source: HCP Terraform, automatic destruction of workspaces.
 */
export async function destroyDueWorkspaces(deps: AutoDestroyDeps): Promise<void> {
  const due = await listDueForDestroy(deps.db, deps.now(), workspacesASweep);
  for (const id of due) await deps.db.transaction().execute((tx) => destroyWithin(tx, deps, id));
  if (due.length > 0) deps.wakeRunners();
}

async function destroyWithin(tx: Tx, deps: AutoDestroyDeps, id: string): Promise<void> {
  const workspace = await lockWorkspaceRow(tx, id);
  if (workspace?.autoDestroyAt == null || workspace.autoDestroyAt > deps.now()) return;
  await setAutoDestroyAt(tx, id, null);
  if (workspace.currentStateVersionId === null) return;
  try {
    await createRunWithin(tx, deps, {
      workspaceId: id,
      createdBy: { id: null, name: "automatic destruction" },
      message: "Automatic destruction of the workspace's resources",
      isDestroy: true,
      autoApply: true,
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    deps.onRefused(id, error.message);
  }
}
