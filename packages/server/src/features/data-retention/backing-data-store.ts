import { sql } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";

export type BackedTable = "state_versions" | "configuration_versions";

/** Writes the status, and when the bytes were given up; null: they are there. */
export async function setBackingStatus(
  tx: Tx,
  table: BackedTable,
  id: string,
  status: string,
  deletedAt: Millis | null,
): Promise<void> {
  await tx.updateTable(table).set({ status, backing_deleted_at: deletedAt }).where("id", "=", id).execute();
}

/** Forgets where the bytes are and returns where they were. */
export async function forgetBlobs(tx: Tx, table: BackedTable, id: string): Promise<string[]> {
  if (table === "configuration_versions") {
    const row = await tx.selectFrom(table).select("blob_key").where("id", "=", id).executeTakeFirst();
    await tx.updateTable(table).set({ blob_key: null, blob_bytes: null }).where("id", "=", id).execute();
    return row?.blob_key == null ? [] : [row.blob_key];
  }
  const row = await tx.selectFrom(table).select(["blob_key", "json_blob_key"]).where("id", "=", id).executeTakeFirst();
  await tx
    .updateTable(table)
    .set({ blob_key: null, blob_bytes: null, json_blob_key: null })
    .where("id", "=", id)
    .execute();
  await tx.deleteFrom("state_version_outputs").where("state_version_id", "=", id).execute();
  return [row?.blob_key, row?.json_blob_key].filter((key) => key != null);
}

/** A row whose bytes are to go, and the workspace to lock before. */
export interface Due {
  readonly id: string;
  readonly workspaceId: string;
}

const dayMs = 86_400_000;

/** The policy that counts for a workspace: its own, else its organization's. Null or no row: nothing is deleted. */
const daysOfWorkspace = sql<number | null>`coalesce(
  (select case when p.delete_older_than_days is null then -1 else p.delete_older_than_days end
    from data_retention_policies as p where p.workspace_id = w.id),
  (select p.delete_older_than_days from data_retention_policies as p
    where p.organization_id = w.organization_id and p.workspace_id is null))`;

/** Of those that a policy lets go, the oldest. The current state and what a run may need are left out. One statement. */
export async function listOutdated(db: Db, table: BackedTable, now: Millis, limit: number): Promise<Due[]> {
  const kept = table === "state_versions" ? "finalized" : "uploaded";
  const needed =
    table === "state_versions"
      ? sql<boolean>`x.id = w.current_state_version_id`
      : sql<boolean>`not exists (select 1 from configuration_versions as newer where newer.workspace_id = x.workspace_id
          and newer.status = 'uploaded' and newer.speculative = 0 and newer.uploaded_at > x.uploaded_at)`;
  const { rows } = await sql<{ id: string; workspace_id: string }>`
    select x.id, x.workspace_id from workspaces as w
    join ${sql.table(table)} as x on x.workspace_id = w.id
    where w.organization_id in (select organization_id from data_retention_policies)
      and x.status = ${kept} and not (${needed})
      and ${daysOfWorkspace} >= 0 and x.created_at < ${now} - ${daysOfWorkspace} * ${dayMs}
    order by x.created_at, x.id limit ${limit}`.execute(db);
  return rows.map((row) => ({ id: row.id, workspaceId: row.workspace_id }));
}

/** Those whose bytes were given up before this. */
export async function listGivenUp(db: Db, table: BackedTable, before: Millis, limit: number): Promise<Due[]> {
  const rows = await db
    .selectFrom(table)
    .select(["id", "workspace_id"])
    .where("status", "=", "backing_data_soft_deleted")
    .where("backing_deleted_at", "<", before)
    .orderBy("backing_deleted_at")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ id: row.id, workspaceId: row.workspace_id }));
}
