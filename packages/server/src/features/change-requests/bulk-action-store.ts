import { sql } from "kysely";
import { forUpdate, type Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { Millis } from "../../platform/clock.ts";
import type { AskedQuery } from "../explorer/index.ts";
import type { BulkAction } from "./change-request.ts";

/** One that has not reached all of its workspaces yet. */
export interface OpenBulkAction extends BulkAction {
  /** Null: the workspaces are named one by one. */
  readonly query: AskedQuery | null;
  /** The id of the last workspace that has its copy. */
  readonly doneUpTo: string;
}

export async function insertBulkAction(
  tx: Tx,
  action: BulkAction,
  targets: { readonly query: AskedQuery } | { readonly workspaceIds: readonly string[] },
): Promise<void> {
  await tx
    .insertInto("bulk_actions")
    .values({
      id: action.id,
      organization_id: action.organizationId,
      subject: action.subject,
      message: action.message,
      query: "query" in targets ? JSON.stringify(targets.query) : null,
      created_by_id: action.createdBy.id,
      created_by_kind: action.createdBy.kind,
      created_by_name: action.createdByName,
      created_at: action.createdAt,
      done_up_to: "",
      made: 0,
    })
    .execute();
  if ("query" in targets) return;
  await inChunks(targets.workspaceIds, async (chunk) => {
    const rows = chunk.map((id) => ({ bulk_action_id: action.id, workspace_id: id }));
    await tx.insertInto("bulk_action_targets").values(rows).execute();
    return [];
  });
}

/** Undefined when it is gone or has reached everybody. Its row is locked until the transaction ends. */
export async function lockOpenBulkAction(tx: Tx, id: string): Promise<OpenBulkAction | undefined> {
  const row = await tx
    .selectFrom("bulk_actions")
    .selectAll()
    .where("id", "=", id)
    .where("finished_at", "is", null)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      organizationId: row.organization_id,
      subject: row.subject,
      message: row.message,
      query: row.query === null ? null : (JSON.parse(row.query) as AskedQuery),
      createdBy: { id: row.created_by_id, kind: row.created_by_kind },
      createdByName: row.created_by_name,
      createdAt: row.created_at,
      doneUpTo: row.done_up_to,
    }
  );
}

export async function listTargetsAfter(tx: Tx, id: string, after: string, limit: number): Promise<string[]> {
  const rows = await tx
    .selectFrom("bulk_action_targets")
    .select("workspace_id")
    .where("bulk_action_id", "=", id)
    .where("workspace_id", ">", after)
    .orderBy("workspace_id")
    .limit(limit)
    .execute();
  return rows.map((row) => row.workspace_id);
}

export async function advanceBulkAction(tx: Tx, id: string, doneUpTo: string, made: number): Promise<void> {
  await tx
    .updateTable("bulk_actions")
    .set({ done_up_to: doneUpTo, made: sql<number>`made + ${made}` })
    .where("id", "=", id)
    .execute();
}

export async function finishBulkAction(tx: Tx, id: string, now: Millis): Promise<void> {
  await tx.updateTable("bulk_actions").set({ finished_at: now }).where("id", "=", id).execute();
  await tx.deleteFrom("bulk_action_targets").where("bulk_action_id", "=", id).execute();
}
