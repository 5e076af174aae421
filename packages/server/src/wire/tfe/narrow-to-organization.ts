import { actingIn, isIn, type Actor } from "../../features/access/index.ts";
import { findOrganizationByName } from "../../features/organizations/index.ts";
import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { noSuchOrganization } from "./organization-routes.ts";

/**
 * The caller in the organization that the path names: what it holds elsewhere does not count, and what is asked of "its"
 * organization is asked of this one. Errors: not_found/organization_not_found, also for an organization that it is not in,
 * unauthenticated/user_tokens_disabled.
 */
export async function narrowToOrganization(
  db: Db,
  actor: Actor,
  params: Readonly<Record<string, string>>,
): Promise<Actor> {
  const { organization: name } = params;
  if (name === undefined) return actor;
  const organization = name.includes("\u0000") ? undefined : await findOrganizationByName(db, name);
  if (organization !== undefined && actor.closedTo?.includes(organization.id) === true) {
    throw new DomainError(
      "unauthenticated",
      "user_tokens_disabled",
      "This organization takes no tokens of persons. Use one of a team or of the organization, or the console.",
    );
  }
  if (organization === undefined || !isIn(actor, organization.id)) throw noSuchOrganization();
  return actingIn(actor, organization.id);
}
