import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { Author, ChangeRequest } from "./change-request.ts";

function selectRequests(db: Db) {
  return db
    .selectFrom("change_requests as c")
    .innerJoin("workspaces as w", "w.id", "c.workspace_id")
    .selectAll("c")
    .select(["w.organization_id", "w.project_id"]);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectRequests>["execute"]>>[number];

function toRequest(row: Row): ChangeRequest {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    organizationId: row.organization_id,
    projectId: row.project_id,
    subject: row.subject,
    message: row.message,
    createdBy: { id: row.created_by_id, kind: row.created_by_kind },
    createdByName: row.created_by_name,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    archivedAt: row.archived_at,
    archivedBy: row.archived_by_id === null ? null : { id: row.archived_by_id, kind: row.archived_by_kind ?? "" },
  };
}

export type NewChangeRequest = Omit<ChangeRequest, "organizationId" | "projectId" | "archivedAt" | "archivedBy">;

/** A workspace that has its copy of the bulk action keeps it. */
export async function insertRequests(
  tx: Tx,
  bulkActionId: string,
  requests: readonly NewChangeRequest[],
): Promise<void> {
  await tx
    .insertInto("change_requests")
    .values(
      requests.map((request) => ({
        id: request.id,
        workspace_id: request.workspaceId,
        bulk_action_id: bulkActionId,
        subject: request.subject,
        message: request.message,
        created_by_id: request.createdBy.id,
        created_by_kind: request.createdBy.kind,
        created_by_name: request.createdByName,
        created_at: request.createdAt,
        updated_at: request.updatedAt,
      })),
    )
    .onConflict((c) => c.columns(["bulk_action_id", "workspace_id"]).doNothing())
    .execute();
}

export async function findChangeRequest(db: Db, id: string): Promise<ChangeRequest | undefined> {
  const row = await selectRequests(db).where("c.id", "=", id).executeTakeFirst();
  return row && toRequest(row);
}

/** As {@link findChangeRequest}, its row locked until the transaction ends. */
export async function lockChangeRequest(tx: Tx, id: string): Promise<ChangeRequest | undefined> {
  const row = await tx
    .selectFrom("change_requests")
    .select("id")
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && findChangeRequest(tx, id);
}

export async function archiveRow(tx: Tx, id: string, by: Author, now: Millis): Promise<void> {
  await tx
    .updateTable("change_requests")
    .set({ archived_at: now, archived_by_id: by.id, archived_by_kind: by.kind, updated_at: now })
    .where("id", "=", id)
    .execute();
}

/** One page, the newest first; `archived` undefined: both. Two statements. */
export async function listChangeRequests(
  db: Db,
  filter: { readonly workspaceId: string; readonly archived?: boolean },
  page: Page,
): Promise<Paged<ChangeRequest>> {
  let query = selectRequests(db).where("c.workspace_id", "=", filter.workspaceId);
  if (filter.archived !== undefined) query = query.where("c.archived_at", filter.archived ? "is not" : "is", null);
  const rows = await query
    .orderBy("c.created_at", "desc")
    .orderBy("c.id", "desc")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await query
    .clearSelect()
    .select((e) => e.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  return { items: rows.map(toRequest), total: Number(total) };
}
