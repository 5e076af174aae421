import { sql, type Selectable } from "kysely";
import { containsText } from "../../db/contains-text.ts";
import type { Db, Tx } from "../../db/database.ts";
import type { CodePolicies } from "../../db/schema.gen.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { Policy, PolicyKind, PolicyLevel } from "./policy.ts";

type Row = Selectable<CodePolicies> & { readonly organization_name: string; readonly set_count: number };

function toPolicy(row: Row): Policy {
  return {
    id: row.id,
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    name: row.name,
    description: row.description,
    kind: row.kind as PolicyKind,
    query: row.query,
    level: row.enforcement_level as PolicyLevel,
    blobKey: row.blob_key,
    setCount: Number(row.set_count),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns(policy: Policy) {
  return {
    description: policy.description,
    query: policy.query,
    enforcement_level: policy.level,
    blob_key: policy.blobKey,
    updated_at: policy.updatedAt,
  };
}

function selectPolicies(db: Db) {
  return db
    .selectFrom("code_policies as p")
    .innerJoin("organizations as o", "o.id", "p.organization_id")
    .selectAll("p")
    .select("o.name as organization_name")
    .select(sql<number>`(select count(*) from policy_set_policies m where m.policy_id = p.id)`.as("set_count"));
}

/** False when the organization has a policy of this name already. */
export async function insertPolicy(db: Db, policy: Policy): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("code_policies")
    .values({
      id: policy.id,
      organization_id: policy.organizationId,
      name: policy.name,
      kind: policy.kind,
      created_at: policy.createdAt,
      ...toColumns(policy),
    })
    .onConflict((c) => c.columns(["organization_id", "name"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function savePolicy(db: Db, policy: Policy): Promise<void> {
  await db.updateTable("code_policies").set(toColumns(policy)).where("id", "=", policy.id).execute();
}

export async function listPolicyKeysOf(
  db: Db,
  organizationId: string,
  limit: number,
): Promise<{ readonly id: string; readonly blobKey: string | null }[]> {
  const rows = await db
    .selectFrom("code_policies")
    .select(["id", "blob_key"])
    .where("organization_id", "=", organizationId)
    .limit(limit)
    .execute();
  return rows.map((row) => ({ id: row.id, blobKey: row.blob_key }));
}

export async function deletePolicyRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("code_policies").where("id", "=", id).execute();
}

export async function findPolicy(db: Db, id: string): Promise<Policy | undefined> {
  const row = await selectPolicies(db).where("p.id", "=", id).executeTakeFirst();
  return row && toPolicy(row);
}

export async function findPolicies(db: Db, ids: readonly string[]): Promise<Policy[]> {
  if (ids.length === 0) return [];
  return (await selectPolicies(db).where("p.id", "in", ids).orderBy("p.name").execute()).map(toPolicy);
}

/** Of a set, by name. */
export async function listPoliciesOfSet(db: Db, setId: string): Promise<Policy[]> {
  const rows = await selectPolicies(db)
    .innerJoin("policy_set_policies as m", "m.policy_id", "p.id")
    .where("m.policy_set_id", "=", setId)
    .orderBy("p.name")
    .execute();
  return rows.map(toPolicy);
}

export interface PolicyFilter {
  readonly organizationId: string;
  /** A part of the name. */
  readonly search?: string;
  readonly kind?: string;
}

/** By name. Two statements. */
export async function listPolicyRows(db: Db, filter: PolicyFilter, page: Page): Promise<Paged<Policy>> {
  const { organizationId, search, kind } = filter;
  const matching = () => {
    let query = selectPolicies(db).where("p.organization_id", "=", organizationId);
    if (search !== undefined) query = query.where(containsText("p.name", search));
    if (kind !== undefined) query = query.where("p.kind", "=", kind);
    return query;
  };
  const rows = await matching().orderBy("p.name").limit(page.size).offset(offsetOf(page)).execute();
  const { total } = await db
    .selectFrom(matching().as("m"))
    .select((e) => e.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  return { items: rows.map(toPolicy), total: Number(total) };
}
