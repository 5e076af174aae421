import type { Selectable } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import type { PolicySetVersions } from "../../db/schema.gen.ts";
import type { PolicySetVersion, PolicySetVersionStatus } from "./policy-set-version.ts";

function toVersion(row: Selectable<PolicySetVersions>): PolicySetVersion {
  return {
    id: row.id,
    policySetId: row.policy_set_id,
    status: row.status as PolicySetVersionStatus,
    errorMessage: row.error_message,
    policyCount: row.policy_count,
    blobKey: row.blob_key,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns(version: PolicySetVersion) {
  return {
    status: version.status,
    error_message: version.errorMessage,
    policy_count: version.policyCount,
    blob_key: version.blobKey,
    updated_at: version.updatedAt,
  };
}

export async function insertVersion(tx: Tx, version: PolicySetVersion): Promise<void> {
  await tx
    .insertInto("policy_set_versions")
    .values({
      id: version.id,
      policy_set_id: version.policySetId,
      created_at: version.createdAt,
      ...toColumns(version),
    })
    .execute();
}

/** The caller has locked the set. */
export async function saveVersion(tx: Tx, version: PolicySetVersion): Promise<void> {
  await tx.updateTable("policy_set_versions").set(toColumns(version)).where("id", "=", version.id).execute();
}

export async function findVersion(db: Db, id: string): Promise<PolicySetVersion | undefined> {
  const row = await db.selectFrom("policy_set_versions").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toVersion(row);
}

export async function findVersions(db: Db, ids: readonly string[]): Promise<PolicySetVersion[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom("policy_set_versions").selectAll().where("id", "in", ids).execute();
  return rows.map(toVersion);
}

export async function listVersionBlobs(db: Db, policySetId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("policy_set_versions")
    .select("blob_key")
    .where("policy_set_id", "=", policySetId)
    .execute();
  return rows.flatMap((row) => row.blob_key ?? []);
}
