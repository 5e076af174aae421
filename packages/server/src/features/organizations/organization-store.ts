import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { Organizations } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId, newUuid } from "../../platform/ids.ts";

/** One tenant. HCP clients know it by `id` (a UUID), Terraform clients by `name`. */
export interface Organization {
  readonly id: string;
  readonly externalId: string;
  readonly name: string;
  /** Every workspace is assessed on the schedule, whatever it says itself. */
  readonly assessmentsEnforced: boolean;
  readonly createdAt: Millis;
}

function toOrganization(row: Organizations): Organization {
  return {
    id: row.id,
    externalId: row.external_id,
    name: row.name,
    assessmentsEnforced: row.assessments_enforced === 1,
    createdAt: row.created_at,
  };
}

export async function insertOrganization(db: Db, name: string, now: Millis): Promise<Organization> {
  const row = { id: newUuid(), external_id: newExternalId("org"), name, assessments_enforced: 0, created_at: now };
  await db.insertInto("organizations").values(row).execute();
  return toOrganization(row);
}

export async function findOrganization(db: Db, id: string): Promise<Organization | undefined> {
  const row = await db.selectFrom("organizations").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toOrganization(row);
}

export async function findOrganizationByName(db: Db, name: string): Promise<Organization | undefined> {
  const row = await db.selectFrom("organizations").selectAll().where("name", "=", name).executeTakeFirst();
  return row && toOrganization(row);
}

/** Locks the organization's row until the transaction ends. */
export async function lockOrganization(tx: Tx, id: string): Promise<void> {
  await tx.selectFrom("organizations").select("id").where("id", "=", id).$call(forUpdate(tx)).execute();
}

/** Throws a unique violation for a name that is taken. */
export async function saveOrganizationName(db: Db, id: string, name: string): Promise<void> {
  await db.updateTable("organizations").set({ name }).where("id", "=", id).execute();
}

export async function setAssessmentsEnforced(db: Db, id: string, enforced: boolean): Promise<void> {
  await db
    .updateTable("organizations")
    .set({ assessments_enforced: enforced ? 1 : 0 })
    .where("id", "=", id)
    .execute();
}
