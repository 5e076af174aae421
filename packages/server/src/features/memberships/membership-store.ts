import type { ExpressionBuilder } from "kysely";
import { containsText } from "../../db/contains-text.ts";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { OrganizationMemberships, Schema } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";

export type MembershipStatus = "active" | "invited";

/** That a person is in an organization, or is asked to be. */
export interface Membership {
  /** `ou-…` */
  readonly id: string;
  readonly organizationId: string;
  readonly principalId: string;
  readonly userName: string;
  readonly status: MembershipStatus;
  /** Of the person; empty for one without. */
  readonly email: string;
  readonly createdAt: Millis;
}

type MembershipRow = OrganizationMemberships & { readonly user_name: string; readonly user_email: string | null };

function toMembership(row: MembershipRow): Membership {
  return {
    id: row.id,
    organizationId: row.organization_id,
    principalId: row.principal_id,
    userName: row.user_name,
    status: row.status as MembershipStatus,
    email: row.user_email ?? row.email,
    createdAt: row.created_at,
  };
}

function selectMemberships(db: Db) {
  return db
    .selectFrom("organization_memberships as m")
    .innerJoin("principals as p", "p.id", "m.principal_id")
    .selectAll("m")
    .select(["p.name as user_name", "p.email as user_email"]);
}

export async function findMembership(db: Db, id: string): Promise<Membership | undefined> {
  const row = await selectMemberships(db).where("m.id", "=", id).executeTakeFirst();
  return row && toMembership(row);
}

/** Locks it until the transaction ends. */
export async function lockMembership(tx: Tx, id: string): Promise<Membership | undefined> {
  const locked = await tx
    .selectFrom("organization_memberships")
    .select("id")
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return locked && findMembership(tx, locked.id);
}

/** In no order; what is not of the organization is left out. */
export async function findMembershipsById(
  db: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<Membership[]> {
  const rows = await inChunks(ids, (chunk) =>
    selectMemberships(db).where("m.organization_id", "=", organizationId).where("m.id", "in", chunk).execute(),
  );
  return rows.map(toMembership);
}

export async function findMembershipOf(
  db: Db,
  organizationId: string,
  principalId: string,
): Promise<Membership | undefined> {
  const row = await selectMemberships(db)
    .where("m.organization_id", "=", organizationId)
    .where("m.principal_id", "=", principalId)
    .executeTakeFirst();
  return row && toMembership(row);
}

export interface MembershipFilter {
  readonly organizationId: string;
  readonly emails?: readonly string[];
  readonly status?: string;
  /** In the name or the address, whatever the case. */
  readonly text?: string;
  readonly principalId?: string;
  /** Only those who are in this team. */
  readonly teamId?: string;
}

/** One page of memberships, the oldest first. */
export async function listMemberships(db: Db, filter: MembershipFilter, page: Page): Promise<Paged<Membership>> {
  const { organizationId, emails, status, text, principalId, teamId } = filter;
  let found = selectMemberships(db).where("m.organization_id", "=", organizationId);
  if (principalId !== undefined) found = found.where("m.principal_id", "=", principalId);
  if (teamId !== undefined) {
    found = found.where("m.principal_id", "in", (e) =>
      e.selectFrom("team_members").select("team_members.principal_id").where("team_members.team_id", "=", teamId),
    );
  }
  if (emails !== undefined) found = found.where("p.email", "in", emails);
  if (status !== undefined) found = found.where("m.status", "=", status);
  if (text !== undefined) {
    found = found.where((e) => e.or([containsText("p.name", text), containsText("p.email", text)]));
  }
  const rows = await found.orderBy("m.created_at").orderBy("m.id").limit(page.size).offset(offsetOf(page)).execute();
  const counted = await found
    .clearSelect()
    .select((e) => e.fn.countAll<number>().as("n"))
    .executeTakeFirst();
  return { items: rows.map(toMembership), total: Number(counted?.n ?? 0) };
}

export async function activateMembership(db: Db, id: string): Promise<void> {
  await db.updateTable("organization_memberships").set({ status: "active" }).where("id", "=", id).execute();
}

export async function deleteMembershipRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("organization_memberships").where("id", "=", id).execute();
}

/** Its id. Throws a unique violation for a person who is in the organization, or invited, already. */
export async function insertMembership(
  db: Db,
  membership: Pick<Membership, "organizationId" | "principalId" | "status" | "email">,
  now: Millis,
): Promise<string> {
  const id = newExternalId("ou");
  const row: OrganizationMemberships = {
    id,
    organization_id: membership.organizationId,
    principal_id: membership.principalId,
    status: membership.status,
    email: membership.email,
    created_at: now,
  };
  await db.insertInto("organization_memberships").values(row).execute();
  return id;
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

/** The persons of an organization with these names, or with these memberships; what is not there is left out. */
export async function findMembers(
  db: Db,
  organizationId: string,
  by: { readonly names: readonly string[] } | { readonly membershipIds: readonly string[] },
): Promise<{ readonly name: string; readonly membershipId: string; readonly principalId: string }[]> {
  const wanted = "names" in by ? by.names : by.membershipIds;
  return inChunks(wanted, (chunk) =>
    db
      .selectFrom("organization_memberships as m")
      .innerJoin("principals as p", "p.id", "m.principal_id")
      .select(["p.name", "m.id as membershipId", "p.id as principalId"])
      .where("m.organization_id", "=", organizationId)
      .where("names" in by ? "p.name" : "m.id", "in", chunk)
      .execute(),
  );
}
