import type { Selectable } from "kysely";
import type { Db } from "../../db/database.ts";
import type { PolicySetParameters } from "../../db/schema.gen.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { PolicySetParameter } from "./policy-set-parameter.ts";

function contextOf(id: string): string {
  return `policy-set-parameter:${id}`;
}

function toParameter(sealer: Sealer, row: Selectable<PolicySetParameters>): PolicySetParameter {
  return {
    id: row.id,
    policySetId: row.policy_set_id,
    key: row.key,
    value: openText(sealer, row.sealed_value, contextOf(row.id)),
    sensitive: row.sensitive === 1,
    createdAt: row.created_at,
  };
}

function toColumns(sealer: Sealer, { id, key, value, sensitive }: PolicySetParameter) {
  return { key, sealed_value: sealText(sealer, value, contextOf(id)), sensitive: sensitive ? 1 : 0 };
}

/** False when the set has a parameter of this key already. */
export async function insertParameter(db: Db, sealer: Sealer, parameter: PolicySetParameter): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("policy_set_parameters")
    .values({
      id: parameter.id,
      policy_set_id: parameter.policySetId,
      created_at: parameter.createdAt,
      ...toColumns(sealer, parameter),
    })
    .onConflict((c) => c.columns(["policy_set_id", "key"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Throws when the key is taken. */
export async function saveParameter(db: Db, sealer: Sealer, parameter: PolicySetParameter): Promise<void> {
  const columns = toColumns(sealer, parameter);
  await db.updateTable("policy_set_parameters").set(columns).where("id", "=", parameter.id).execute();
}

export async function deleteParameterRow(db: Db, id: string): Promise<void> {
  await db.deleteFrom("policy_set_parameters").where("id", "=", id).execute();
}

export async function countParameters(db: Db, policySetId: string): Promise<number> {
  const { total } = await db
    .selectFrom("policy_set_parameters")
    .select((e) => e.fn.countAll().as("total"))
    .where("policy_set_id", "=", policySetId)
    .executeTakeFirstOrThrow();
  return Number(total);
}

/** By key. */
export async function pageParameters(
  db: Db,
  sealer: Sealer,
  policySetId: string,
  page: Page,
): Promise<Paged<PolicySetParameter>> {
  const rows = await db
    .selectFrom("policy_set_parameters")
    .selectAll()
    .where("policy_set_id", "=", policySetId)
    .orderBy("key")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  return { items: rows.map((row) => toParameter(sealer, row)), total: await countParameters(db, policySetId) };
}

export async function findParameter(
  db: Db,
  sealer: Sealer,
  key: { readonly policySetId: string; readonly id: string },
): Promise<PolicySetParameter | undefined> {
  const row = await db
    .selectFrom("policy_set_parameters")
    .selectAll()
    .where("id", "=", key.id)
    .where("policy_set_id", "=", key.policySetId)
    .executeTakeFirst();
  return row && toParameter(sealer, row);
}
