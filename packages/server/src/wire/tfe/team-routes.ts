import { Type } from "typebox";
import { organizationFlags, type OrganizationFlag } from "../../features/access/index.ts";
import { findMembers } from "../../features/memberships/index.ts";
import { findPersons } from "../../features/principals/index.ts";
import {
  changeTeamMembers,
  createTeam,
  deleteTeam,
  getTeam,
  listTeamMembers,
  listTeams,
  updateTeam,
  type Team,
  type TeamChange,
  type TeamVisibility,
} from "../../features/teams/index.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { presentUser } from "./account-routes.ts";
import {
  attributesOf,
  document,
  includes,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryList,
  queryText,
  resourceBody,
  type Resource,
} from "./json-api.ts";
import { loadMemberships } from "./membership-resources.ts";
import { checkOrganization } from "./organization-routes.ts";
import { presentTeam } from "./present-team.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const TeamBody = resourceBody("teams", {
  name: maybe(Type.String({ maxLength: 200 })),
  visibility: maybe(Type.Union([Type.Literal("secret"), Type.Literal("organization")])),
  "sso-team-id": maybe(Type.String({ maxLength: 255 })),
  "allow-member-token-management": maybe(Type.Boolean()),
  "organization-access": maybe(Type.Record(Type.String({ maxLength: 60 }), Type.Union([Type.Boolean(), Type.Null()]))),
});

interface TeamAttributes {
  readonly name: string;
  readonly visibility: TeamVisibility;
  readonly "sso-team-id": string;
  readonly "allow-member-token-management": boolean;
  readonly "organization-access": Readonly<Record<string, boolean | null>>;
}

const membersMax = 1000;
const membersBody = (type: string) =>
  Type.Object({
    data: Type.Array(Type.Object({ type: Type.Literal(type), id: Type.String({ maxLength: 255 }) }), {
      maxItems: membersMax,
    }),
  });

/** Teams and who is in them. Source: go-tfe team.go, team_member.go. */
export function teamRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/organizations/:organization/teams",
      needs: "team:read",
      audit: "team.list",
      handle: (call) => listReply(deps, call),
    },
    {
      method: "POST",
      path: "/organizations/:organization/teams",
      needs: "team:write",
      audit: "team.create",
      body: TeamBody,
      handle: async (call) => {
        await checkOrganization(deps.db, call);
        const { name = "" } = attributesOf<TeamAttributes>(call);
        return reply(deps, call, await createTeam(deps, call.actor, { ...changeOf(call), name }), 201);
      },
    },
    {
      method: "GET",
      path: "/teams/:team_id",
      needs: "team:read",
      audit: "team.read",
      handle: async (call) => reply(deps, call, await getTeam(deps.db, call.actor, param(call, "team_id"))),
    },
    {
      method: "PATCH",
      path: "/teams/:team_id",
      needs: "team:write",
      audit: "team.update",
      body: TeamBody,
      handle: async (call) =>
        reply(deps, call, await updateTeam(deps, call.actor, param(call, "team_id"), changeOf(call))),
    },
    {
      method: "DELETE",
      path: "/teams/:team_id",
      needs: "team:write",
      audit: "team.delete",
      handle: async (call) => {
        await deleteTeam(deps, call.actor, param(call, "team_id"));
        return { status: 204 };
      },
    },
    ...(["users", "organization-memberships"] as const).flatMap((type) => memberRoutes(deps, type)),
  ];
}

/** Members by user name, and by membership. */
function memberRoutes(deps: TfeDeps, type: "users" | "organization-memberships"): Route[] {
  const route = (method: "POST" | "DELETE", verb: "add" | "remove"): Route => ({
    method,
    path: `/teams/:team_id/relationships/${type}`,
    needs: "membership:write",
    audit: `team.${verb}-members`,
    body: membersBody(type),
    handle: async (call) => {
      const team = await getTeam(deps.db, call.actor, param(call, "team_id"));
      const ids = [...new Set((call.body as { data: { id: string }[] }).data.map(({ id }) => id))];
      const found = await findMembers(
        deps.db,
        team.organizationId,
        type === "users" ? { names: ids } : { membershipIds: ids },
      );
      const known = new Set(found.map((one) => (type === "users" ? one.name : one.membershipId)));
      const missing = ids.find((id) => !known.has(id));
      if (missing !== undefined && verb === "add") throw notMember(missing);
      await changeTeamMembers(deps, call.actor, team.id, { [verb]: found.map(({ principalId }) => principalId) });
      return { status: 204 };
    },
  });
  return [route("POST", "add"), route("DELETE", "remove")];
}

function notMember(id: string): DomainError {
  return new DomainError(
    "invalid",
    "not_a_member",
    `${JSON.stringify(id.slice(0, 60))} is not a member of the organization. Invite this person first.`,
  );
}

async function listReply(deps: TfeDeps, call: Call): Promise<Reply> {
  await checkOrganization(deps.db, call);
  const page = pageOf(call);
  const names = queryList(call, "filter[names]");
  const text = queryText(call, "q");
  const found = await listTeams(
    deps.db,
    call.actor,
    { ...(names === undefined ? {} : { names }), ...(text === undefined || text === "" ? {} : { text }) },
    page,
  );
  const { resources, included } = await loadTeams(deps, call, found.items);
  return pageDocument(page, { items: resources, total: found.total }, (resource) => resource, included);
}

async function reply(deps: TfeDeps, call: Call, team: Team, status = 200): Promise<Reply> {
  const { resources, included } = await loadTeams(deps, call, [team]);
  return document(resources[0] as Resource, included, status);
}

/** Teams of one organization with their members, and what a request wants included. */
async function loadTeams(
  deps: TfeDeps,
  call: Call,
  teams: readonly Team[],
): Promise<{ resources: Resource[]; included: Resource[] }> {
  const members = await listTeamMembers(
    deps.db,
    teams.map(({ id }) => id),
  );
  const resources = teams.map((team) =>
    presentTeam(
      team,
      members.filter(({ teamId }) => teamId === team.id),
      call.actor,
    ),
  );
  const wanted = includes(call);
  const included: Resource[] = [];
  const [team] = teams;
  if (team !== undefined && wanted.has("users")) {
    const ids = [...new Set(members.map(({ principalId }) => principalId))];
    included.push(...(await findPersons(deps.db, ids)).map(presentUser));
  }
  if (team !== undefined && wanted.has("organization_memberships")) {
    const ids = [...new Set(members.map(({ membershipId }) => membershipId))];
    included.push(...(await loadMemberships(deps, team.organizationId, ids)));
  }
  return { resources, included };
}

function changeOf(call: Call): TeamChange {
  const given = attributesOf<TeamAttributes>(call);
  const access = given["organization-access"];
  return {
    ...(given.name === undefined ? {} : { name: given.name }),
    ...(given.visibility === undefined ? {} : { visibility: given.visibility }),
    ...(given["sso-team-id"] === undefined ? {} : { ssoTeamId: given["sso-team-id"] }),
    ...(given["allow-member-token-management"] === undefined
      ? {}
      : { allowMemberTokenManagement: given["allow-member-token-management"] }),
    ...(access === undefined ? {} : { organizationAccess: flagsOf(access) }),
  };
}

/** Errors: invalid/organization_access for a flag that is true and not known here. */
function flagsOf(given: Readonly<Record<string, boolean | null>>): Partial<Record<OrganizationFlag, boolean>> {
  const unknown = Object.entries(given).find(
    ([flag, wanted]) => wanted === true && !organizationFlags.includes(flag as OrganizationFlag),
  );
  if (unknown !== undefined) {
    throw new DomainError(
      "invalid",
      "organization_access",
      `organization-access has no ${JSON.stringify(unknown[0].slice(0, 60))} here; there are ${organizationFlags.join(", ")}.`,
    );
  }
  return Object.fromEntries(Object.entries(given).filter(([, wanted]) => wanted !== null));
}
