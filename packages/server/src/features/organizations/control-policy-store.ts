import type { Db, Tx } from "../../db/database.ts";
import { lockOrganization } from "./organization-store.ts";

interface ControlPolicyRow {
  readonly constraintIds: readonly string[];
  /** Counts the changes; 0 before the first. */
  readonly revision: number;
}

/** Undefined when nobody has set one. */
export async function findControlPolicyRow(db: Db, organizationId: string): Promise<ControlPolicyRow | undefined> {
  const row = await db
    .selectFrom("control_policies")
    .select(["constraint_ids", "revision"])
    .where("organization_id", "=", organizationId)
    .executeTakeFirst();
  return row && { constraintIds: JSON.parse(row.constraint_ids) as string[], revision: row.revision };
}

/** As {@link findControlPolicyRow}; nobody else changes it until the transaction ends, also when there is none yet. */
export async function lockControlPolicyRow(tx: Tx, organizationId: string): Promise<ControlPolicyRow | undefined> {
  await lockOrganization(tx, organizationId);
  return findControlPolicyRow(tx, organizationId);
}

export async function saveControlPolicyRow(tx: Tx, organizationId: string, policy: ControlPolicyRow): Promise<void> {
  const content = { constraint_ids: JSON.stringify(policy.constraintIds), revision: policy.revision };
  await tx
    .insertInto("control_policies")
    .values({ organization_id: organizationId, ...content })
    .onConflict((c) => c.column("organization_id").doUpdateSet(content))
    .execute();
}
