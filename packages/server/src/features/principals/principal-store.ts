import type { Db } from "../../db/database.ts";
import type { Principals } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { hashSecret, newExternalId, newSecret, newUuid } from "../../platform/ids.ts";
import { insertMembership } from "../memberships/index.ts";
import { trustAddressIn } from "./invited-person-store.ts";
import { grantRole, type ActorKind, type AssignableRole } from "../access/index.ts";

export interface Principal {
  /** `user-…` for people, a UUID for service principals, `runner-…` for runners, `team-…` for teams. */
  readonly id: string;
  readonly kind: ActorKind;
  /** Its home; a person may be in others too. */
  readonly organizationId: string;
  readonly projectId: string | null;
  readonly name: string;
  readonly email: string | null;
  readonly createdAt: Millis;
}

export function toPrincipal(row: Principals): Principal {
  return {
    id: row.id,
    kind: (row.kind === "server_runner" ? "runner" : row.kind) as ActorKind,
    organizationId: row.organization_id,
    projectId: row.project_id,
    name: row.name,
    email: row.email,
    createdAt: row.created_at,
  };
}

/** One of an organization, or the server's own, which works for all of them. */
export type RunnerKind = "runner" | "server_runner";

export interface NewPrincipal {
  readonly kind: "user" | "service_principal" | RunnerKind;
  readonly organizationId: string;
  readonly projectId: string | null;
  readonly name: string;
  readonly email?: string;
  /** A person who has only been asked to join: the caller says so where memberships are kept. */
  readonly invited?: boolean;
  /** What it may do from the start where it belongs: in its project, or in the organization. Default: nothing. */
  readonly role?: AssignableRole;
}

export async function insertPrincipal(db: Db, principal: NewPrincipal, now: Millis): Promise<Principal> {
  const runnerId = () => newExternalId("runner");
  const ids = {
    user: () => newExternalId("user"),
    service_principal: newUuid,
    runner: runnerId,
    server_runner: runnerId,
  };
  const row = {
    id: ids[principal.kind](),
    kind: principal.kind,
    organization_id: principal.organizationId,
    project_id: principal.projectId,
    name: principal.name,
    email: principal.email ?? null,
    created_at: now,
  };
  await db.insertInto("principals").values(row).execute();
  if (principal.kind === "user" && principal.invited !== true) {
    const { organizationId } = principal;
    await insertMembership(db, { organizationId, principalId: row.id, status: "active", email: row.email ?? "" }, now);
  }
  if (principal.invited === true) await trustAddressIn(db, row.id, "");
  if (principal.role !== undefined) {
    const { organizationId, projectId, role } = principal;
    const resource =
      projectId === null
        ? ({ kind: "organization", organizationId } as const)
        : ({ kind: "project", organizationId, projectId } as const);
    await grantRole(db, resource, role, { principalId: row.id });
  }
  return toPrincipal(row);
}

export async function findPrincipal(db: Db, id: string): Promise<Principal | undefined> {
  const row = await db.selectFrom("principals").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toPrincipal(row);
}

/** A runner by its name. */
export async function findRunnerByName(
  db: Db,
  runner: { readonly organizationId: string; readonly kind: RunnerKind; readonly name: string },
): Promise<Principal | undefined> {
  const row = await db
    .selectFrom("principals")
    .selectAll()
    .where("organization_id", "=", runner.organizationId)
    .where("kind", "=", runner.kind)
    .where("name", "=", runner.name)
    .executeTakeFirst();
  return row && toPrincipal(row);
}

export interface ServicePrincipalKey {
  readonly clientId: string;
  /** Shown once. */
  readonly clientSecret: string;
}

/**
 * Makes a key. Client ids are random, hence unique per installation: the HCP SDK caches tokens by client id alone, and
 * an id used against two servers would send the wrong token to one of them. Source: hcp-sdk-go, auth/tokencache.
 */
export async function createServicePrincipalKey(
  db: Db,
  principalId: string,
  now: Millis,
): Promise<ServicePrincipalKey> {
  const clientId = newUuid().replaceAll("-", "");
  const clientSecret = newSecret("ingotsp");
  await db
    .insertInto("service_principal_keys")
    .values({ client_id: clientId, principal_id: principalId, secret_hash: hashSecret(clientSecret), created_at: now })
    .execute();
  return { clientId, clientSecret };
}

/** The principal of a key when the secret is right; undefined for an unknown id and for a wrong secret alike. */
export async function findPrincipalByKey(db: Db, key: ServicePrincipalKey): Promise<Principal | undefined> {
  const row = await db
    .selectFrom("service_principal_keys")
    .innerJoin("principals", "principals.id", "service_principal_keys.principal_id")
    .selectAll("principals")
    .where("client_id", "=", key.clientId)
    // Comparing hashes of 256-bit secrets in SQL leaks nothing useful by its timing.
    .where("secret_hash", "=", hashSecret(key.clientSecret))
    .executeTakeFirst();
  return row && toPrincipal(row);
}

/** Sets what is given. Throws a unique violation for a name that another person has. */
export async function savePerson(
  db: Db,
  id: string,
  change: { readonly name?: string; readonly email?: string | null },
): Promise<void> {
  await db
    .updateTable("principals")
    .set({ ...change, id })
    .where("id", "=", id)
    .where("kind", "=", "user")
    .execute();
}

/** Whether another person than this one has the address, whatever the case. */
export async function isEmailTaken(db: Db, email: string, but: string): Promise<boolean> {
  const row = await db
    .selectFrom("principals")
    .select("id")
    .where("kind", "=", "user")
    .where("email", "in", [email, email.toLowerCase()])
    .where("id", "<>", but)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The oldest person with this address. */
export async function findPersonByEmail(db: Db, email: string): Promise<Principal | undefined> {
  const row = await db
    .selectFrom("principals")
    .selectAll()
    .where("kind", "=", "user")
    .where("email", "in", [email, email.toLowerCase()])
    .orderBy("created_at")
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  return row && toPrincipal(row);
}

/** Whether a person is called this. */
export async function isNameTaken(db: Db, name: string): Promise<boolean> {
  const row = await db
    .selectFrom("principals")
    .select("id")
    .where("kind", "=", "user")
    .where("name", "=", name)
    .executeTakeFirst();
  return row !== undefined;
}

/** Persons with these ids, of whatever organization, in no order; at most 1000. */
export async function findPersons(db: Db, ids: readonly string[]): Promise<Principal[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("principals")
    .selectAll()
    .where("kind", "=", "user")
    .where("id", "in", ids)
    .execute();
  return rows.map(toPrincipal);
}
