import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { keyOf, keyset } from "../../db/keyset.ts";
import type { Principals } from "../../db/schema.gen.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import type { ServicePrincipal, ShownKey } from "./service-principal.ts";

/** The organization, and the project or null. */
export interface ParentPlace {
  readonly organizationId: string;
  readonly projectId: string | null;
}

function toServicePrincipal(row: Principals): ServicePrincipal {
  return {
    id: row.id,
    organizationId: row.organization_id,
    projectId: row.project_id,
    name: row.name,
    createdAt: row.created_at,
  };
}

function selectServicePrincipals(db: Db, { organizationId, projectId }: ParentPlace) {
  return db
    .selectFrom("principals")
    .where("kind", "=", "service_principal")
    .where("organization_id", "=", organizationId)
    .where("project_id", projectId === null ? "is" : "=", projectId);
}

export async function findServicePrincipal(
  db: Db,
  parent: ParentPlace,
  name: string,
): Promise<ServicePrincipal | undefined> {
  const row = await selectServicePrincipals(db, parent).selectAll().where("name", "=", name).executeTakeFirst();
  return row && toServicePrincipal(row);
}

/** As {@link findServicePrincipal}, locked until the transaction ends: keys and providers are made and removed under it. */
export async function lockServicePrincipal(
  tx: Tx,
  parent: ParentPlace,
  name: string,
): Promise<ServicePrincipal | undefined> {
  const row = await selectServicePrincipals(tx, parent)
    .selectAll()
    .where("name", "=", name)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && toServicePrincipal(row);
}

/** One page of the service principals of a parent, by name. */
export async function pageServicePrincipals(
  db: Db,
  parent: ParentPlace,
  page: KeysetPage,
): Promise<KeysetItems<ServicePrincipal>> {
  const rows = await selectServicePrincipals(db, parent)
    .selectAll()
    .$call(keyset({ column: "principals.name", id: "principals.id", descending: false }, page))
    .execute();
  const cut = cutPage(rows, page, (row) => keyOf(row, [{ field: "name", descending: false }]));
  return { ...cut, items: cut.items.map(toServicePrincipal) };
}

export async function countServicePrincipals(db: Db, parent: ParentPlace): Promise<number> {
  const row = await selectServicePrincipals(db, parent)
    .select((e) => e.fn.countAll<number>().as("count"))
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** Removes it with its keys, providers and roles; every token of it ends. */
export async function deletePrincipalRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("principals").where("id", "=", id).execute();
}

/** The oldest first. */
export async function listKeys(db: Db, principalId: string): Promise<ShownKey[]> {
  const rows = await db
    .selectFrom("service_principal_keys")
    .select(["client_id", "created_at"])
    .where("principal_id", "=", principalId)
    .orderBy("created_at")
    .orderBy("client_id")
    .execute();
  return rows.map((row) => ({ clientId: row.client_id, createdAt: row.created_at }));
}

/** Removes a key and ends the tokens that were minted with it; false when the principal has no such key. */
export async function deleteKeyRow(tx: Tx, principalId: string, clientId: string): Promise<boolean> {
  const result = await tx
    .deleteFrom("service_principal_keys")
    .where("principal_id", "=", principalId)
    .where("client_id", "=", clientId)
    .executeTakeFirst();
  return Number(result.numDeletedRows) === 1;
}
