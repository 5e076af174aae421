import { may, organizationFlags, type Actor } from "../../features/access/index.ts";
import { covers, isOwners, type Team, type TeamMember } from "../../features/teams/index.ts";
import { toMany, type Resource } from "./json-api.ts";

/** A team with those who are in it, for this caller. */
export function presentTeam(team: Team, members: readonly TeamMember[], actor: Actor): Resource {
  const { organizationId } = team;
  const manages = may(actor, "team:write", { organizationId }) && covers(actor, team);
  const owners = isOwners(team);
  return {
    id: team.id,
    type: "teams",
    attributes: {
      name: team.name,
      "sso-team-id": team.ssoTeamId,
      "users-count": members.length,
      visibility: team.visibility,
      "allow-member-token-management": team.allowMemberTokenManagement,
      "is-unified": false,
      "organization-access": Object.fromEntries(
        organizationFlags.map((flag) => [flag, owners || team.organizationAccess.includes(flag)]),
      ),
      permissions: {
        "can-update-membership": may(actor, "membership:write", { organizationId }) && covers(actor, team),
        "can-destroy": manages && !owners,
        "can-update-organization-access": may(actor, "team:write-access", { organizationId }) && !owners,
        "can-update-visibility": manages,
        "can-update-name": manages && !owners,
        "can-update-sso-team-id": manages,
        "can-update-member-token-management": manages,
        "can-update-api-token": manages || team.allowMemberTokenManagement,
        "can-view-member-token-management": true,
      },
    },
    relationships: {
      users: toMany(
        "users",
        members.map(({ principalId }) => principalId),
      ),
      "organization-memberships": toMany(
        "organization-memberships",
        members.map(({ membershipId }) => membershipId),
      ),
    },
    links: { self: `/api/v2/teams/${team.id}` },
  };
}
