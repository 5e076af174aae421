import { Type, type Static } from "typebox";
import { may, organizationFlags, type Actor, type OrganizationFlag } from "../../features/access/index.ts";
import { membershipNotFound } from "../../features/invitations/index.ts";
import { findMembershipsById, listMemberships } from "../../features/memberships/index.ts";
import {
  changeTeamMembers,
  countTeamMembers,
  covers,
  createTeam,
  deleteTeam,
  getTeam,
  isOwners,
  isTeamMember,
  listTeams,
  updateTeam,
  type Team,
  type TeamChange,
} from "../../features/teams/index.ts";
import { ok, type Call, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { MemberSchema, presentMembers } from "./member-routes.ts";
import { numberedPageOf, numberedPageQuery, Total } from "./numbered-page.ts";

const Flags = Type.Array(Type.Enum([...organizationFlags]), {
  maxItems: organizationFlags.length,
  description: "what it may do in the whole organization; the owners do everything",
});

export const TeamSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  visibility: Type.Enum(["secret", "organization"]),
  is_owners: Type.Boolean(),
  member_count: Type.Integer(),
  organization_access: Flags,
  allow_member_token_management: Type.Boolean(),
  can_change: Type.Boolean(),
  can_change_members: Type.Boolean(),
  can_change_access: Type.Boolean({ description: "whether the caller may set what it may do in the organization" }),
  can_delete: Type.Boolean(),
  can_manage_tokens: Type.Boolean(),
});
export type TeamView = Static<typeof TeamSchema>;

const TeamListSchema = Type.Object({ teams: Type.Array(TeamSchema), total: Total, can_create: Type.Boolean() });
export type TeamListView = Static<typeof TeamListSchema>;

const TeamMemberListSchema = Type.Object({ members: Type.Array(MemberSchema), total: Total });
export type TeamMemberListView = Static<typeof TeamMemberListSchema>;

const changeable = {
  visibility: Type.Optional(Type.Enum(["secret", "organization"])),
  allow_member_token_management: Type.Optional(Type.Boolean()),
  organization_access: Type.Optional(Flags),
};
const name = Type.String({ minLength: 1, maxLength: 90 });
const CreateBody = Type.Object({ name, ...changeable }, { additionalProperties: false });
const UpdateBody = Type.Object({ name: Type.Optional(name), ...changeable }, { additionalProperties: false });

const ListQuery = Type.Object(
  { q: Type.Optional(Type.String({ maxLength: 200, description: "in the name" })), ...numberedPageQuery },
  { additionalProperties: false },
);
const MembersQuery = Type.Object(numberedPageQuery, { additionalProperties: false });

const byId = "/teams/:team_id";

/** Teams, what they may do in the whole organization, and who is in them. */
export function teamRoutes(deps: ConsoleDeps): Route[] {
  const present = async (actor: Actor, team: Team) => (await presentTeams(deps, actor, [team]))[0];
  return [
    {
      method: "GET",
      path: "/teams",
      needs: "team:read",
      audit: "team.list",
      doc: { summary: "The teams that the caller may know of", reply: TeamListSchema },
      query: ListQuery,
      handle: async ({ actor, query }) => {
        const { q, ...page } = query as Static<typeof ListQuery>;
        const filter = q === undefined || q === "" ? {} : { text: q };
        const found = await listTeams(deps.db, actor, filter, numberedPageOf(page));
        const { organizationId } = actor;
        const list: TeamListView = {
          teams: await presentTeams(deps, actor, found.items),
          total: found.total,
          can_create: may(actor, "team:write", { organizationId }),
        };
        return ok(list);
      },
    },
    {
      method: "POST",
      path: "/teams",
      needs: "team:write",
      audit: "team.create",
      doc: { summary: "Make a team", reply: TeamSchema, status: 201 },
      body: CreateBody,
      handle: async ({ actor, body }) => {
        const given = body as Static<typeof CreateBody>;
        const team = await createTeam(deps, actor, { ...changeOf(given), name: given.name });
        return { status: 201, body: await present(actor, team) };
      },
    },
    {
      method: "GET",
      path: byId,
      needs: "team:read",
      audit: "team.read",
      doc: { summary: "One team", reply: TeamSchema },
      handle: async (call) => ok(await present(call.actor, await getTeam(deps.db, call.actor, idOf(call)))),
    },
    {
      method: "PATCH",
      path: byId,
      needs: "team:write",
      audit: "team.update",
      doc: { summary: "Change a team", reply: TeamSchema },
      body: UpdateBody,
      handle: async (call) => {
        const change = changeOf(call.body as Static<typeof UpdateBody>);
        return ok(await present(call.actor, await updateTeam(deps, call.actor, idOf(call), change)));
      },
    },
    {
      method: "DELETE",
      path: byId,
      needs: "team:write",
      audit: "team.delete",
      doc: { summary: "Delete a team, with its access and its tokens", status: 204 },
      handle: async (call) => {
        await deleteTeam(deps, call.actor, idOf(call));
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: `${byId}/members`,
      needs: "team:read",
      audit: "team.list-members",
      doc: { summary: "Who is in a team", reply: TeamMemberListSchema },
      query: MembersQuery,
      handle: async (call) => {
        const { id, organizationId } = await getTeam(deps.db, call.actor, idOf(call));
        const page = numberedPageOf(call.query);
        // Who has been asked to join is for those to know who ask.
        const all = may(call.actor, "membership:write", { organizationId });
        const filter = { organizationId, teamId: id, ...(all ? {} : { status: "active" }) };
        const found = await listMemberships(deps.db, filter, page);
        return ok({ members: await presentMembers(deps, call.actor, found.items), total: found.total });
      },
    },
    memberRoute(deps, "PUT", "add"),
    memberRoute(deps, "DELETE", "remove"),
  ];
}

function memberRoute(deps: ConsoleDeps, method: "PUT" | "DELETE", verb: "add" | "remove"): Route {
  return {
    method,
    path: `${byId}/members/:membership_id`,
    needs: "membership:write",
    audit: `team.${verb}-members`,
    doc: { summary: verb === "add" ? "Take a member into a team" : "Take a member out of a team", status: 204 },
    handle: async (call) => {
      const { id, organizationId } = await getTeam(deps.db, call.actor, idOf(call));
      const [member] = await findMembershipsById(deps.db, organizationId, [call.params["membership_id"] ?? ""]);
      if (member === undefined) throw membershipNotFound();
      await changeTeamMembers(deps, call.actor, id, { [verb]: [member.principalId] });
      return { status: 204 };
    },
  };
}

function idOf(call: Call): string {
  return call.params["team_id"] ?? "";
}

/** The access that a body names is all that there is after it. */
function changeOf(given: Static<typeof UpdateBody>): TeamChange {
  const { organization_access: flags } = given;
  return {
    ...(given.name === undefined ? {} : { name: given.name }),
    ...(given.visibility === undefined ? {} : { visibility: given.visibility }),
    ...(given.allow_member_token_management === undefined
      ? {}
      : { allowMemberTokenManagement: given.allow_member_token_management }),
    ...(flags === undefined
      ? {}
      : { organizationAccess: Object.fromEntries(organizationFlags.map((flag) => [flag, flags.includes(flag)])) }),
  };
}

/** Teams of one organization, with what this caller may do with each. */
async function presentTeams(deps: ConsoleDeps, actor: Actor, teams: readonly Team[]): Promise<TeamView[]> {
  const counts = await countTeamMembers(
    deps.db,
    teams.map(({ id }) => id),
  );
  return Promise.all(
    teams.map(async (team) => {
      const { organizationId } = team;
      const covered = covers(actor, team);
      const manages = may(actor, "team:write", { organizationId }) && covered;
      const owners = isOwners(team);
      const isMember =
        team.allowMemberTokenManagement && actor.kind === "user" && (await isTeamMember(deps.db, team.id, actor.id));
      return {
        id: team.id,
        name: team.name,
        visibility: team.visibility,
        is_owners: owners,
        member_count: counts.get(team.id) ?? 0,
        organization_access: [...team.organizationAccess] as OrganizationFlag[],
        allow_member_token_management: team.allowMemberTokenManagement,
        can_change: manages,
        can_change_members: may(actor, "membership:write", { organizationId }) && covered,
        can_change_access: manages && may(actor, "team:write-access", { organizationId }) && !owners,
        can_delete: manages && !owners,
        can_manage_tokens: manages || isMember,
      };
    }),
  );
}
