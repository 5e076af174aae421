import { recordEvent } from "../events/index.ts";
import { checkExplorerQuery, listWorkspaceIdsAfter } from "../explorer/index.ts";
import { findWorkspaces } from "../workspaces/index.ts";
import type { Db, Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import {
  advanceBulkAction,
  finishBulkAction,
  listTargetsAfter,
  lockOpenBulkAction,
  type OpenBulkAction,
} from "./bulk-action-store.ts";
import { insertRequests, type NewChangeRequest } from "./change-request-store.ts";

// Each of them is a row, an event and a job; nobody else waits for more than so many.
const workspacesAtOnce = 50;

export interface DoBulkActionDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly wakeJobs: () => void;
}

/**
 * Gives each workspace of a bulk action its change request, some at a time. Repeatable: what a transaction has done is
 * marked in it, so that a job that died goes on where it was, and no workspace gets two.
 */
export async function doBulkAction(deps: DoBulkActionDeps, id: string): Promise<void> {
  for (;;) {
    const more = await deps.db.transaction().execute((tx) => doSome(tx, deps, id));
    deps.wakeJobs();
    if (!more) return;
  }
}

async function doSome(tx: Tx, deps: DoBulkActionDeps, id: string): Promise<boolean> {
  const action = await lockOpenBulkAction(tx, id);
  if (action === undefined) return false;
  const ids = await nextTargets(tx, action);
  const last = ids.at(-1);
  const now = deps.now();
  if (last === undefined) {
    await finishBulkAction(tx, id, now);
    return false;
  }
  const workspaces = await findWorkspaces(tx, ids);
  const requests = workspaces.map(({ id: workspaceId }): NewChangeRequest => {
    const { subject, message, createdBy, createdByName } = action;
    const words = { subject, message, createdBy, createdByName };
    return { ...words, id: newExternalId("wscr"), workspaceId, createdAt: now, updatedAt: now };
  });
  if (requests.length > 0) await insertRequests(tx, id, requests);
  for (const [index, workspace] of workspaces.entries()) {
    await recordEvent(
      tx,
      {
        kind: "change_request.created",
        organizationId: workspace.organizationId,
        projectId: workspace.projectId,
        workspaceId: workspace.id,
        summary: `A change was requested in ${workspace.name}: ${action.subject}`,
        actorName: action.createdByName,
        data: { changeRequestId: requests[index]?.id },
      },
      now,
    );
  }
  await advanceBulkAction(tx, id, last, workspaces.length);
  return true;
}

/** In the order of their ids, so that where it stopped says what is left. */
async function nextTargets(tx: Tx, action: OpenBulkAction): Promise<string[]> {
  const { id, organizationId, query, doneUpTo } = action;
  if (query === null) return listTargetsAfter(tx, id, doneUpTo, workspacesAtOnce);
  const everywhere = { organizationId, projects: null, workspaces: [] };
  return listWorkspaceIdsAfter(tx, everywhere, checkExplorerQuery(query).filters, doneUpTo, workspacesAtOnce);
}
