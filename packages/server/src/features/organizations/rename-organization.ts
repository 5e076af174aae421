import { isUniqueViolation, type Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { checkOrganizationWide, type Actor } from "../access/index.ts";
import { checkOrganizationName } from "./organization-settings.ts";
import { findOrganization, saveOrganization, type Organization } from "./organization-store.ts";

export function organizationNotFound(id: string): DomainError {
  return new DomainError(
    "not_found",
    "organization_not_found",
    `The organization with identifier ${id} does not exist.`,
  );
}

export function organizationExists(name: string): DomainError {
  return new DomainError(
    "conflict",
    "organization_exists",
    `The name ${JSON.stringify(name)} is taken on this server. Choose another one.`,
  );
}

/** The organization, when it is the actor's. Errors: not_found/organization_not_found. */
export async function getOrganization(db: Db, actor: Actor, id: string): Promise<Organization> {
  const organization = id === actor.organizationId ? await findOrganization(db, id) : undefined;
  if (organization === undefined) throw organizationNotFound(id);
  return organization;
}

/**
 * The door of what belongs to the organization as a whole. Errors: not_found/organization_not_found, forbidden/role_too_low.
 */
export async function getWholeOrganization(db: Db, actor: Actor, id: string): Promise<Organization> {
  const organization = await getOrganization(db, actor, id);
  checkOrganizationWide(actor);
  return organization;
}

/**
 * Gives the organization another name, by which Terraform clients address it from then on. Errors:
 * not_found/organization_not_found, invalid/organization_name, conflict/organization_exists.
 */
export async function renameOrganization(
  deps: { readonly db: Db },
  actor: Actor,
  id: string,
  name: string,
): Promise<Organization> {
  const organization = await getWholeOrganization(deps.db, actor, id);
  checkOrganizationName(name);
  try {
    await saveOrganization(deps.db, organization.id, { name });
  } catch (error) {
    throw isUniqueViolation(error) ? organizationExists(name) : error;
  }
  return { ...organization, name };
}
