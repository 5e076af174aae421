import { canSee, type Actor } from "../access/index.ts";
import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { archiveRow, findChangeRequest, lockChangeRequest } from "./change-request-store.ts";
import { changeRequestNotFound, type ChangeRequest } from "./change-request.ts";

/** For whoever may read its workspace. Errors: not_found/change_request_not_found. */
export async function getChangeRequest(db: Db, actor: Actor, id: string): Promise<ChangeRequest> {
  return visible(actor, await findChangeRequest(db, id));
}

/** It is done. Errors: not_found/change_request_not_found, forbidden/role_too_low, conflict/change_request_archived. */
export async function archiveChangeRequest(
  deps: { readonly db: Db; readonly now: Clock },
  actor: Actor,
  id: string,
): Promise<ChangeRequest> {
  return deps.db.transaction().execute(async (tx) => {
    const request = visible(actor, await lockChangeRequest(tx, id));
    if (request.archivedAt !== null) {
      throw new DomainError("conflict", "change_request_archived", "The change request is archived already.");
    }
    const now = deps.now();
    const by = { id: actor.id, kind: actor.kind };
    await archiveRow(tx, id, by, now);
    return { ...request, archivedAt: now, archivedBy: by, updatedAt: now };
  });
}

function visible(actor: Actor, request: ChangeRequest | undefined): ChangeRequest {
  if (request === undefined || !canSee(actor, request)) throw changeRequestNotFound();
  return request;
}
