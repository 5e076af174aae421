import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { KeysetItems, KeysetPage } from "../../platform/keyset.ts";
import type { Actor } from "../access/index.ts";
import { getWholeOrganization, lockOrganization } from "../organizations/index.ts";
import { checkAdministratorRemains } from "../policies/index.ts";
import { getProject, inProject } from "../projects/index.ts";
import { createServicePrincipalKey, insertPrincipal, type ServicePrincipalKey } from "./principal-store.ts";
import {
  countServicePrincipals,
  deleteKeyRow,
  deletePrincipalRow,
  findServicePrincipal,
  listKeys,
  lockServicePrincipal,
  pageServicePrincipals,
  type ParentPlace,
} from "./service-principal-store.ts";
import {
  keysMax,
  parsePrincipalName,
  servicePrincipalNotFound,
  type PrincipalParent,
  type ServicePrincipal,
  type ServicePrincipalRef,
  type ShownKey,
} from "./service-principal.ts";

export interface ServicePrincipalDeps {
  readonly db: Db;
  readonly now: Clock;
  /** Of one project, and of the organization itself. Two that come at the same moment may exceed it by one. */
  readonly servicePrincipalsMax: number;
}

/**
 * The door of service principals: the place of a parent that the actor may do this at. Errors:
 * not_found/organization_not_found, not_found/project_not_found, forbidden/role_too_low.
 */
export async function getParentPlace(db: Db, actor: Actor, parent: PrincipalParent): Promise<ParentPlace> {
  if (parent.type === "project") {
    const project = await getProject(db, actor, parent.id);
    return { organizationId: project.organizationId, projectId: project.id };
  }
  const organization = await getWholeOrganization(db, actor, parent.id);
  return { organizationId: organization.id, projectId: null };
}

/**
 * Makes a service principal that may do nothing yet. Errors: invalid/name, conflict/service_principal_exists,
 * precondition/service_principals_max, and those of {@link getParentPlace}.
 */
export async function createServicePrincipal(
  deps: ServicePrincipalDeps,
  actor: Actor,
  ref: ServicePrincipalRef,
): Promise<ServicePrincipal> {
  const place = await getParentPlace(deps.db, actor, ref.parent);
  const name = parsePrincipalName("service principal", ref.name);
  if ((await countServicePrincipals(deps.db, place)) >= deps.servicePrincipalsMax) {
    throw new DomainError(
      "precondition",
      "service_principals_max",
      `There are ${deps.servicePrincipalsMax} service principals here already. Delete one, or let the operator of this server raise the setting service-principals-max.`,
    );
  }
  try {
    const insert = insertPrincipal(deps.db, { kind: "service_principal", ...place, name }, deps.now());
    return await (place.projectId === null ? insert : inProject(place.projectId, insert));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError(
      "conflict",
      "service_principal_exists",
      `There is a service principal named ${name} here already. Choose another name.`,
    );
  }
}

/** Errors: those of {@link getParentPlace}. */
export async function listServicePrincipals(
  db: Db,
  actor: Actor,
  parent: PrincipalParent,
  page: KeysetPage,
): Promise<KeysetItems<ServicePrincipal>> {
  return pageServicePrincipals(db, await getParentPlace(db, actor, parent), page);
}

/** With all its keys. Errors: not_found/service_principal_not_found, and those of {@link getParentPlace}. */
export async function getServicePrincipal(
  db: Db,
  actor: Actor,
  ref: ServicePrincipalRef,
): Promise<{ readonly servicePrincipal: ServicePrincipal; readonly keys: readonly ShownKey[] }> {
  const place = await getParentPlace(db, actor, ref.parent);
  const servicePrincipal = await findServicePrincipal(db, place, ref.name);
  if (servicePrincipal === undefined) throw servicePrincipalNotFound(ref.name);
  return { servicePrincipal, keys: await listKeys(db, servicePrincipal.id) };
}

/**
 * Locks the service principal until the transaction ends. Errors: not_found/service_principal_not_found, and those of
 * {@link getParentPlace}.
 */
export async function lockServicePrincipalOf(
  tx: Tx,
  actor: Actor,
  ref: ServicePrincipalRef,
): Promise<ServicePrincipal> {
  const place = await getParentPlace(tx, actor, ref.parent);
  const found = await lockServicePrincipal(tx, place, ref.name);
  if (found === undefined) throw servicePrincipalNotFound(ref.name);
  return found;
}

/**
 * Removes a service principal with its keys, workload identity providers and roles. From this moment none of its tokens
 * works. Errors: precondition/last_administrator, and those of {@link lockServicePrincipalOf}.
 */
export async function deleteServicePrincipal(
  deps: { readonly db: Db },
  actor: Actor,
  ref: ServicePrincipalRef,
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const { organizationId } = await getParentPlace(tx, actor, ref.parent);
    await lockOrganization(tx, organizationId);
    const { id } = await lockServicePrincipalOf(tx, actor, ref);
    await deletePrincipalRow(tx, id);
    await checkAdministratorRemains(tx, organizationId);
  });
}

/**
 * Makes a key; its secret is in this answer and nowhere else. Errors: precondition/keys_max, and those of
 * {@link lockServicePrincipalOf}.
 */
export async function createKey(
  deps: { readonly db: Db; readonly now: Clock },
  actor: Actor,
  ref: ServicePrincipalRef,
): Promise<{ readonly servicePrincipal: ServicePrincipal; readonly key: ServicePrincipalKey & ShownKey }> {
  return deps.db.transaction().execute(async (tx) => {
    const servicePrincipal = await lockServicePrincipalOf(tx, actor, ref);
    const { id } = servicePrincipal;
    if ((await listKeys(tx, id)).length >= keysMax) {
      throw new DomainError(
        "precondition",
        "keys_max",
        `The service principal has ${keysMax} keys, and cannot have more. Delete one of them first.`,
      );
    }
    const createdAt = deps.now();
    const key = await createServicePrincipalKey(tx, id, createdAt);
    return { servicePrincipal, key: { ...key, createdAt } };
  });
}

/**
 * Removes a key; the tokens that were minted with it end now. Errors: not_found/key_not_found, and those of
 * {@link lockServicePrincipalOf}.
 */
export async function deleteKey(
  deps: { readonly db: Db },
  actor: Actor,
  ref: ServicePrincipalRef,
  clientId: string,
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const { id } = await lockServicePrincipalOf(tx, actor, ref);
    if (!(await deleteKeyRow(tx, id, clientId))) {
      throw new DomainError("not_found", "key_not_found", `The key with identifier ${clientId} does not exist.`);
    }
  });
}
