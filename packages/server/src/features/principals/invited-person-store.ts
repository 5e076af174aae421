import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";

/** From now on the address of a person tells nobody but this organization who it is; empty: nobody at all. */
export async function trustAddressIn(db: Db, id: string, organizationId: string): Promise<void> {
  await db
    .insertInto("invited_persons")
    .values({ principal_id: id, address_trusted_in: organizationId })
    .onConflict((c) => c.column("principal_id").doUpdateSet({ address_trusted_in: organizationId }))
    .execute();
}

/** From now on it does everywhere. */
export async function trustAddress(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("invited_persons").where("principal_id", "=", id).execute();
}

/**
 * Makes the organization the home of a person, and takes its word for the address. False, and nothing is changed, for whoever
 * can sign in otherwise or could do anything if it did: who has a token that works, is in an organization, or has a role.
 */
export async function claimPerson(tx: Tx, id: string, organizationId: string, now: Millis): Promise<boolean> {
  const person = await tx
    .selectFrom("principals as p")
    .select("p.id")
    .where("p.id", "=", id)
    .where("p.kind", "=", "user")
    .$call(forUpdate(tx))
    .executeTakeFirst();
  // Asked once the person is locked: of two organizations whose links are opened at once one comes first.
  if (person === undefined || (await holdsAnything(tx, id, now))) return false;
  await tx.updateTable("principals").set({ organization_id: organizationId }).where("id", "=", id).execute();
  await trustAddressIn(tx, id, organizationId);
  return true;
}

async function holdsAnything(tx: Tx, id: string, now: Millis): Promise<boolean> {
  const row = await tx
    .selectFrom("principals as p")
    .select("p.id")
    .where("p.id", "=", id)
    .where((e) =>
      e.or([
        e.exists(
          e
            .selectFrom("tokens")
            .select("tokens.id")
            .where("tokens.principal_id", "=", id)
            .where((t) => t.or([t("tokens.expires_at", "is", null), t("tokens.expires_at", ">", now)])),
        ),
        e.exists(
          e
            .selectFrom("organization_memberships as m")
            .select("m.id")
            .where("m.principal_id", "=", id)
            .where("m.status", "=", "active"),
        ),
        e.exists(e.selectFrom("role_bindings").select("resource").where("role_bindings.principal_id", "=", id)),
        e.exists(e.selectFrom("group_members").select("group_id").where("group_members.principal_id", "=", id)),
      ]),
    )
    .executeTakeFirst();
  return row !== undefined;
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
