import { checkOrganizationWide, type Actor } from "../access/index.ts";
import { askedAgain, type ExplorerQuery } from "../explorer/index.ts";
import { findWorkspaces } from "../workspaces/index.ts";
import type { Db } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { newExternalId } from "../../platform/ids.ts";
import { insertBulkAction } from "./bulk-action-store.ts";
import { checkWords, targetsMax, type BulkAction } from "./change-request.ts";

/** The job that gives each workspace its change request. */
export const bulkActionJob = "bulk-action";

export interface BulkActionJob {
  readonly bulkActionId: string;
}

export interface StartBulkActionDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly wakeJobs: () => void;
}

export interface NewBulkAction {
  readonly subject: string;
  readonly message: string;
  readonly workspaceIds: readonly string[] | undefined;
  readonly query: ExplorerQuery | undefined;
}

/**
 * Asks for the same change in many workspaces: those that are named, or those that a query finds when the job comes to them.
 * For those who manage all workspaces of the organization. Errors: forbidden/role_too_low, invalid/change_request_subject,
 * invalid/change_request_message, invalid/bulk_action_targets.
 */
export async function startBulkAction(
  deps: StartBulkActionDeps,
  actor: Actor,
  input: NewBulkAction,
): Promise<BulkAction> {
  checkOrganizationWide(actor);
  checkWords(input);
  const targets = await targetsOf(deps.db, actor.organizationId, input);
  const action: BulkAction = {
    id: newExternalId("eba"),
    organizationId: actor.organizationId,
    subject: input.subject,
    message: input.message,
    createdBy: { id: actor.id, kind: actor.kind },
    createdByName: actor.name,
    createdAt: deps.now(),
  };
  await deps.db.transaction().execute(async (tx) => {
    await insertBulkAction(tx, action, targets);
    const payload: BulkActionJob = { bulkActionId: action.id };
    await enqueueJob(tx, { kind: bulkActionJob, payload, uniqueKey: action.id }, deps.now());
  });
  deps.wakeJobs();
  return action;
}

async function targetsOf(db: Db, organizationId: string, { workspaceIds, query }: NewBulkAction) {
  if ((workspaceIds === undefined) === (query === undefined)) {
    throw targetsRefused("Say which workspaces: give either target_ids or a query.");
  }
  if (query !== undefined) {
    if (query.view !== "workspaces") throw targetsRefused("The query must be of the type workspaces.");
    return { query: askedAgain(query) };
  }
  const ids = [...new Set(workspaceIds)];
  if (ids.length === 0 || ids.length > targetsMax) {
    throw targetsRefused(`target_ids has 1 to ${targetsMax} ids of workspaces. For more of them give a query.`);
  }
  const found = await findWorkspaces(db, ids);
  const known = new Set(found.filter((one) => one.organizationId === organizationId).map(({ id }) => id));
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0) {
    const shown = missing.slice(0, 3).map((id) => JSON.stringify(id.slice(0, 40)));
    throw targetsRefused(`The organization has no workspace ${shown.join(", ")}${missing.length > 3 ? ", …" : ""}.`);
  }
  return { workspaceIds: ids };
}

function targetsRefused(message: string): DomainError {
  return new DomainError("invalid", "bulk_action_targets", message);
}
