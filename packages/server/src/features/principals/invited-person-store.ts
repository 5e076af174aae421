import type { Db, Tx } from "../../db/database.ts";

/** Notes that a person was made by an invitation: it has no credential, and its address is what somebody has typed in. */
export async function insertInvitedPerson(db: Db, principalId: string): Promise<void> {
  await db
    .insertInto("invited_persons")
    .values({ principal_id: principalId, awaits_sign_in: 1, address_trusted_in: "" })
    .execute();
}

/**
 * Makes the organization the home of a person who signs in for the first time, and takes its word for the address. False,
 * and nothing is changed, for whoever has signed in before, has a token, or is a member of any organization.
 */
export async function claimPerson(tx: Tx, id: string, organizationId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("invited_persons")
    .set({ awaits_sign_in: 0, address_trusted_in: organizationId })
    .where("principal_id", "=", id)
    .where("awaits_sign_in", "=", 1)
    .where((e) => e.not(e.exists(e.selectFrom("tokens").select("tokens.id").where("tokens.principal_id", "=", id))))
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("organization_memberships as m")
            .select("m.id")
            .where("m.principal_id", "=", id)
            .where("m.status", "=", "active"),
        ),
      ),
    )
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  await tx.updateTable("principals").set({ organization_id: organizationId }).where("id", "=", id).execute();
  return true;
}

/** From now on the address of a person who has signed in tells everywhere who it is. */
export async function trustAddress(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("invited_persons").where("principal_id", "=", id).where("awaits_sign_in", "=", 0).execute();
}

/** From now on it does nowhere: the person itself has typed it in. */
export async function distrustAddress(tx: Tx, id: string): Promise<void> {
  await tx
    .insertInto("invited_persons")
    .values({ principal_id: id, awaits_sign_in: 0, address_trusted_in: "" })
    .onConflict((c) => c.column("principal_id").doUpdateSet({ address_trusted_in: "" }))
    .execute();
}

/** Whether the address of a person tells this organization who it is. */
export async function isAddressTrusted(db: Db, id: string, organizationId: string): Promise<boolean> {
  const row = await db
    .selectFrom("invited_persons")
    .select("address_trusted_in")
    .where("principal_id", "=", id)
    .executeTakeFirst();
  return row === undefined || row.address_trusted_in === organizationId;
}
