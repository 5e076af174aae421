import { isUniqueViolation, type Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { checkOrganizationWide, type Actor } from "../access/index.ts";
import { findOrganization, saveOrganizationName, type Organization } from "./organization-store.ts";

const namePattern = /^[A-Za-z0-9_-]{3,40}$/;

export function organizationNotFound(id: string): DomainError {
  return new DomainError(
    "not_found",
    "organization_not_found",
    `The organization with identifier ${id} does not exist.`,
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
  if (!namePattern.test(name)) {
    throw new DomainError(
      "invalid",
      "organization_name",
      `The name of an organization has 3 to 40 letters, digits, hyphens or underscores; ${JSON.stringify(name.slice(0, 60))} does not.`,
    );
  }
  try {
    await saveOrganizationName(deps.db, organization.id, name);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError(
      "conflict",
      "organization_exists",
      `The name ${JSON.stringify(name)} is taken on this server. Choose another one.`,
    );
  }
  return { ...organization, name };
}
