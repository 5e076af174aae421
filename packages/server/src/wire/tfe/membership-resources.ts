import { findMembershipsById, type Membership } from "../../features/memberships/index.ts";
import { listTeamsOf } from "../../features/teams/index.ts";
import { findOrganization } from "../../features/organizations/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { toMany, toOne, type Resource } from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";

/** Memberships of one organization by id, in no order. Three statements for any number. */
export async function loadMemberships(
  deps: Pick<TfeDeps, "db">,
  organizationId: string,
  ids: readonly string[],
): Promise<Resource[]> {
  return presentMemberships(deps, organizationId, await findMembershipsById(deps.db, organizationId, ids));
}

/** Memberships of one organization, in their order. */
export async function presentMemberships(
  { db }: Pick<TfeDeps, "db">,
  organizationId: string,
  memberships: readonly Membership[],
): Promise<Resource[]> {
  const organization = await findOrganization(db, organizationId);
  const persons = memberships.map(({ principalId }) => principalId);
  const teams = await listTeamsOf(db, organizationId, persons);
  return memberships.map((membership) => ({
    id: membership.id,
    type: "organization-memberships",
    attributes: {
      status: membership.status,
      email: membership.email,
      "created-at": toRfc3339(membership.createdAt),
      username: membership.userName,
    },
    relationships: {
      teams: toMany(
        "teams",
        teams.filter(({ principalId }) => principalId === membership.principalId).map(({ teamId }) => teamId),
      ),
      user: toOne("users", membership.principalId),
      organization: toOne("organizations", organization?.name ?? ""),
    },
  }));
}
