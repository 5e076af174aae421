import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { DataRetentionPolicies } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";

/** How long states and configurations are kept that nothing needs any more. */
export interface RetentionPolicy {
  readonly id: string;
  /** Null: for ever. */
  readonly deleteOlderThanDays: number | null;
}

/** Of a workspace, or of an organization, for its workspaces that have none of their own. */
export interface RetentionOwner {
  readonly organizationId: string;
  readonly workspaceId: string | null;
}

function toPolicy(row: Selectable<DataRetentionPolicies>): RetentionPolicy {
  return { id: row.id, deleteOlderThanDays: row.delete_older_than_days };
}

export async function findRetentionPolicy(db: Db, owner: RetentionOwner): Promise<RetentionPolicy | undefined> {
  const row = await db
    .selectFrom("data_retention_policies")
    .selectAll()
    .where("organization_id", "=", owner.organizationId)
    .where("workspace_id", owner.workspaceId === null ? "is" : "=", owner.workspaceId)
    .executeTakeFirst();
  return row && toPolicy(row);
}

/** The workspaces' own, by workspace. One statement. */
export async function listRetentionPolicies(
  db: Db,
  workspaceIds: readonly string[],
): Promise<ReadonlyMap<string, RetentionPolicy>> {
  if (workspaceIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("data_retention_policies")
    .selectAll()
    .where("workspace_id", "in", workspaceIds)
    .execute();
  return new Map(rows.map((row) => [row.workspace_id ?? "", toPolicy(row)]));
}

/** Puts it in the place of the one there is. The caller has locked the owner. */
export async function saveRetentionPolicy(
  tx: Tx,
  owner: RetentionOwner,
  days: number | null,
  now: Millis,
): Promise<RetentionPolicy> {
  const existing = await findRetentionPolicy(tx, owner);
  const isSameKind = existing !== undefined && (existing.deleteOlderThanDays === null) === (days === null);
  await deleteRetentionPolicy(tx, owner);
  const row = {
    // The kind is a part of what clients call its type: one of the other kind is another policy.
    id: isSameKind ? existing.id : newExternalId("drp"),
    organization_id: owner.organizationId,
    workspace_id: owner.workspaceId,
    delete_older_than_days: days,
    created_at: now,
  };
  await tx.insertInto("data_retention_policies").values(row).execute();
  return toPolicy(row);
}

export async function deleteRetentionPolicy(tx: Tx, owner: RetentionOwner): Promise<void> {
  await tx
    .deleteFrom("data_retention_policies")
    .where("organization_id", "=", owner.organizationId)
    .where("workspace_id", owner.workspaceId === null ? "is" : "=", owner.workspaceId)
    .execute();
}
