import type { ExpressionBuilder } from "kysely";
import type { Db } from "../../db/database.ts";
import type { OrganizationMemberships, Schema } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";

export type MembershipStatus = "active" | "invited";

/** That a person is in an organization, or is asked to be. */
export interface Membership {
  /** `ou-…` */
  readonly id: string;
  readonly organizationId: string;
  readonly principalId: string;
  readonly status: MembershipStatus;
  /** To which the invitation went; empty for whoever was never invited by mail. */
  readonly email: string;
  readonly createdAt: Millis;
}

export function toMembership(row: OrganizationMemberships): Membership {
  return {
    id: row.id,
    organizationId: row.organization_id,
    principalId: row.principal_id,
    status: row.status as MembershipStatus,
    email: row.email,
    createdAt: row.created_at,
  };
}

/** Throws a unique violation for a person who is in the organization, or invited, already. */
export async function insertMembership(
  db: Db,
  membership: Pick<Membership, "organizationId" | "principalId" | "status" | "email">,
  now: Millis,
): Promise<Membership> {
  const row: OrganizationMemberships = {
    id: newExternalId("ou"),
    organization_id: membership.organizationId,
    principal_id: membership.principalId,
    status: membership.status,
    email: membership.email,
    created_at: now,
  };
  await db.insertInto("organization_memberships").values(row).execute();
  return toMembership(row);
}

/**
 * Gives everybody whose home is this organization and who is in another one too that one as a home, and their tokens with
 * them: what is deleted with the organization are then only those who are nowhere else. Two statements.
 */
export async function moveHomes(db: Db, organizationId: string): Promise<void> {
  await db
    .updateTable("principals")
    .set((e) => ({
      organization_id: elsewhere(e, organizationId).$asScalar().$notNull(),
    }))
    .where("principals.organization_id", "=", organizationId)
    .where("principals.kind", "=", "user")
    .where((e) => e.exists(elsewhere(e, organizationId)))
    .execute();
  await db
    .updateTable("tokens")
    .set((e) => ({
      organization_id: e
        .selectFrom("principals")
        .select("principals.organization_id")
        .whereRef("principals.id", "=", "tokens.principal_id")
        .$asScalar()
        .$notNull(),
    }))
    .where("tokens.organization_id", "=", organizationId)
    // A token of one project ends with the project.
    .where("tokens.project_id", "is", null)
    .where("tokens.principal_id", "in", (e) =>
      e
        .selectFrom("principals")
        .select("principals.id")
        .where("principals.kind", "=", "user")
        .where("principals.organization_id", "<>", organizationId),
    )
    .execute();
}

/** The first other organization that a person is in; one that has only invited it comes last. */
function elsewhere(e: ExpressionBuilder<Schema, "principals">, organizationId: string) {
  return e
    .selectFrom("organization_memberships as m")
    .innerJoin("organizations as o", "o.id", "m.organization_id")
    .select("m.organization_id")
    .whereRef("m.principal_id", "=", "principals.id")
    .where("m.organization_id", "<>", organizationId)
    .where("o.deleted_at", "is", null)
    .orderBy("m.status")
    .orderBy("m.created_at")
    .orderBy("m.id")
    .limit(1);
}

/** The organizations that a person is in. */
export async function listOrganizationsOf(db: Db, principalId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("organization_memberships as m")
    .innerJoin("organizations as o", "o.id", "m.organization_id")
    .select("m.organization_id")
    .where("m.principal_id", "=", principalId)
    .where("m.status", "=", "active")
    .where("o.deleted_at", "is", null)
    .execute();
  return rows.map((row) => row.organization_id);
}
