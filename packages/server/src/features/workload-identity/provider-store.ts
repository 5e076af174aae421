import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { keyOf, keyset } from "../../db/keyset.ts";
import type { WorkloadIdentityProviders } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUuid } from "../../platform/ids.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import type { ProviderContent, ProviderRef, WorkloadIdentityProvider } from "./provider.ts";

function toProvider(row: WorkloadIdentityProviders): WorkloadIdentityProvider {
  return {
    id: row.id,
    principalId: row.principal_id,
    name: row.name,
    description: row.description,
    conditionalAccess: row.conditional_access,
    source:
      row.issuer_uri === null
        ? { kind: "aws", accountId: row.aws_account_id ?? "" }
        : {
            kind: "oidc",
            issuerUri: row.issuer_uri,
            allowedAudiences: JSON.parse(row.allowed_audiences) as string[],
          },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns({ description, conditionalAccess, source }: ProviderContent) {
  return {
    description,
    conditional_access: conditionalAccess,
    issuer_uri: source.kind === "oidc" ? source.issuerUri : null,
    allowed_audiences: JSON.stringify(source.kind === "oidc" ? source.allowedAudiences : []),
    aws_account_id: source.kind === "aws" ? source.accountId : null,
  };
}

/** Throws a unique violation for a name that is taken. */
export async function insertProvider(
  tx: Tx,
  principalId: string,
  name: string,
  content: ProviderContent,
  now: Millis,
): Promise<WorkloadIdentityProvider> {
  const row = {
    id: newUuid(),
    principal_id: principalId,
    name,
    ...toColumns(content),
    created_at: now,
    updated_at: now,
  };
  await tx.insertInto("workload_identity_providers").values(row).execute();
  return toProvider(row);
}

export async function findProvider(
  db: Db,
  principalId: string,
  name: string,
): Promise<WorkloadIdentityProvider | undefined> {
  const row = await db
    .selectFrom("workload_identity_providers")
    .selectAll()
    .where("principal_id", "=", principalId)
    .where("name", "=", name)
    .executeTakeFirst();
  return row && toProvider(row);
}

/** A provider with the organization of its service principal, for somebody who has no credential yet. One statement. */
export async function findProviderByRef(
  db: Db,
  { servicePrincipal, name }: ProviderRef,
): Promise<{ readonly provider: WorkloadIdentityProvider; readonly organizationId: string } | undefined> {
  if (servicePrincipal.parent.type !== "project") return undefined;
  const row = await db
    .selectFrom("workload_identity_providers")
    .innerJoin("principals", "principals.id", "workload_identity_providers.principal_id")
    .selectAll("workload_identity_providers")
    .select("principals.organization_id")
    .where("principals.kind", "=", "service_principal")
    .where("principals.project_id", "=", servicePrincipal.parent.id)
    .where("principals.name", "=", servicePrincipal.name)
    .where("workload_identity_providers.name", "=", name)
    .executeTakeFirst();
  return row && { provider: toProvider(row), organizationId: row.organization_id };
}

/** As it is now, and stays until the transaction ends; undefined when it is gone. */
export async function lockProvider(tx: Tx, id: string): Promise<WorkloadIdentityProvider | undefined> {
  const row = await tx
    .selectFrom("workload_identity_providers")
    .selectAll()
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && toProvider(row);
}

/** One page of the providers of a service principal, by name. */
export async function pageProviders(
  db: Db,
  principalId: string,
  page: KeysetPage,
): Promise<KeysetItems<WorkloadIdentityProvider>> {
  const rows = await db
    .selectFrom("workload_identity_providers as w")
    .selectAll()
    .where("w.principal_id", "=", principalId)
    .$call(keyset({ column: "w.name", id: "w.id", descending: false }, page))
    .execute();
  const cut = cutPage(rows, page, (row) => keyOf(row, [{ field: "name", descending: false }]));
  return { ...cut, items: cut.items.map(toProvider) };
}

export async function countProviders(tx: Tx, principalId: string): Promise<number> {
  const row = await tx
    .selectFrom("workload_identity_providers")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("principal_id", "=", principalId)
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

export async function saveProvider(tx: Tx, id: string, content: ProviderContent, now: Millis): Promise<void> {
  await tx
    .updateTable("workload_identity_providers")
    .set({ ...toColumns(content), updated_at: now })
    .where("id", "=", id)
    .execute();
}

/** Removes it; every token that was given for one of its own ends. */
export async function deleteProviderRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("workload_identity_providers").where("id", "=", id).execute();
}
