import { Type, type Static } from "typebox";
import { actingIn, isIn, may, type Actor } from "../../features/access/index.ts";
import {
  findInvitations,
  getMembership,
  invitationUrl,
  inviteByLink,
  removeMembership,
  renewInvitation,
  type Invitation,
  type InvitationDeps,
  type ShownInvitation,
} from "../../features/invitations/index.ts";
import { listMemberships, type Membership } from "../../features/memberships/index.ts";
import { findOrganizationByName, organizationNotFound } from "../../features/organizations/index.ts";
import { findTeams, listTeams, listTeamsOf, type Team } from "../../features/teams/index.ts";
import type { Db } from "../../db/database.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { ok, type Call, type Route } from "../shared/plane.ts";
import { Nullable, Time } from "./list-query.ts";
import { numberedPageOf, numberedPageQuery, Total } from "./numbered-page.ts";

const MemberInvitationSchema = Type.Object({
  invited_by: Type.String(),
  sent_at: Time,
  expires_at: Time,
  is_over: Type.Boolean(),
  mail_state: Type.Enum(["none", "queued", "sent", "failed"], { description: "none: this server sends no mail" }),
  mail_error: Nullable(Type.String()),
});

export const MemberSchema = Type.Object({
  id: Type.String({ description: "of the membership" }),
  status: Type.Enum(["active", "invited"]),
  user: Nullable(
    Type.Object({ id: Type.String(), name: Type.String() }, { description: "null for whoever has not accepted yet" }),
  ),
  email: Nullable(Type.String({ description: "null for those who do not manage members, except of themselves" })),
  is_self: Type.Boolean(),
  teams: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
  invitation: Nullable(MemberInvitationSchema),
  created_at: Time,
});
export type MemberView = Static<typeof MemberSchema>;

const MemberListSchema = Type.Object({
  members: Type.Array(MemberSchema),
  total: Total,
  can_manage: Type.Boolean({ description: "whether the caller invites and removes members; if not, it sees itself" }),
  can_send_email: Type.Boolean({ description: "whether this server mails invitations" }),
});
export type MemberListView = Static<typeof MemberListSchema>;

const InvitedSchema = Type.Object({
  member: MemberSchema,
  link: Type.String({ description: "shown this once; whoever opens it first joins" }),
});
export type InvitedView = Static<typeof InvitedSchema>;

const ListQuery = Type.Object(
  {
    q: Type.Optional(Type.String({ maxLength: 200, description: "in the name or the address" })),
    status: Type.Optional(Type.Enum(["active", "invited"])),
    ...numberedPageQuery,
  },
  { additionalProperties: false },
);

const InvitationBody = Type.Object(
  {
    email: Type.String({ minLength: 1, maxLength: 254 }),
    team_ids: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 100 })),
    team_names: Type.Optional(Type.Array(Type.String({ maxLength: 90 }), { maxItems: 100 })),
    organization: Type.Optional(
      Type.String({ maxLength: 64, description: "the name of another organization than the caller's own" }),
    ),
  },
  { additionalProperties: false },
);

export interface MemberRoutesDeps extends InvitationDeps {
  /** How clients reach this server, without a trailing slash. */
  readonly publicUrl: () => string;
}

/** Who is in the organization, and who is asked to be. */
export function memberRoutes(deps: MemberRoutesDeps): Route[] {
  const idOf = (call: Call): string => call.params["membership_id"] ?? "";
  const shown = async (actor: Actor, { membership, secret }: ShownInvitation, status: number) => {
    const [member] = await presentMembers(deps, actor, [membership]);
    const body = { member, link: invitationUrl(deps.publicUrl(), secret) };
    return { status, body, headers: { "cache-control": "no-store" } };
  };
  return [
    {
      method: "GET",
      path: "/members",
      needs: "principal:read",
      audit: "membership.list",
      doc: {
        summary: "Who is in the organization",
        description: "The oldest first. Those who do not manage members see themselves alone.",
        reply: MemberListSchema,
      },
      query: ListQuery,
      handle: async ({ actor, query }) => {
        const { q, status, ...page } = query as Static<typeof ListQuery>;
        const { organizationId } = actor;
        const manages = may(actor, "membership:write", { organizationId });
        const found = await listMemberships(
          deps.db,
          {
            organizationId,
            ...(q === undefined || q === "" ? {} : { text: q }),
            ...(status === undefined ? {} : { status }),
            ...(manages ? {} : { principalId: actor.id }),
          },
          numberedPageOf(page),
        );
        const list: MemberListView = {
          members: await presentMembers(deps, actor, found.items),
          total: found.total,
          can_manage: manages,
          can_send_email: deps.mailer !== undefined,
        };
        return ok(list);
      },
    },
    {
      method: "POST",
      path: "/members",
      needs: "membership:write",
      audit: "membership.create",
      doc: {
        summary: "Invite a person",
        description: "Makes the link by which it joins, and mails one where the server sends mail.",
        reply: InvitedSchema,
        status: 201,
      },
      body: InvitationBody,
      handle: async (call) => {
        const given = call.body as Static<typeof InvitationBody>;
        const actor = await actingInNamed(deps.db, call.actor, given.organization);
        const named = await teamIdsOf(deps.db, actor, given.team_names ?? []);
        const teamIds = [...new Set([...(given.team_ids ?? []), ...named])];
        return shown(actor, await inviteByLink(deps, actor, { email: given.email.trim(), teamIds }), 201);
      },
    },
    {
      method: "POST",
      path: "/members/:membership_id/invitation",
      needs: "membership:write",
      audit: "invitation.renew",
      doc: {
        summary: "Invite a person again",
        description: "The links that were made before end. It is mailed once a minute at most.",
        reply: InvitedSchema,
        status: 201,
      },
      handle: async (call) => shown(call.actor, await renewInvitation(deps, call.actor, idOf(call)), 201),
    },
    {
      method: "DELETE",
      path: "/members/:membership_id",
      needs: "membership:write",
      audit: "membership.delete",
      doc: { summary: "Take a person out of the organization, or take an invitation back", status: 204 },
      handle: async (call) => {
        await getMembership(deps.db, call.actor, idOf(call));
        await removeMembership(deps, call.actor, idOf(call));
        return { status: 204 };
      },
    },
  ];
}

/** Errors: not_found/organization_not_found, also for one that the caller is not in. */
async function actingInNamed(db: Db, actor: Actor, name: string | undefined): Promise<Actor> {
  if (name === undefined) return actor;
  const organization = await findOrganizationByName(db, name);
  if (organization === undefined || !isIn(actor, organization.id)) throw organizationNotFound(name);
  return actingIn(actor, organization.id);
}

/** Errors: not_found/team_not_found. */
async function teamIdsOf(db: Db, actor: Actor, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const { items } = await listTeams(db, actor, { names }, { number: 1, size: names.length });
  const missing = names.find((name) => !items.some((team) => team.name === name));
  if (missing === undefined) return items.map(({ id }) => id);
  throw new DomainError("not_found", "team_not_found", `There is no team ${missing}, or you may not see it.`);
}

/** Memberships of one organization, as this caller may see them. Three statements for any number. */
export async function presentMembers(
  deps: { readonly db: Db; readonly now: () => number },
  actor: Actor,
  memberships: readonly Membership[],
): Promise<MemberView[]> {
  const organizationId = memberships[0]?.organizationId ?? actor.organizationId;
  const manages = may(actor, "membership:write", { organizationId });
  const persons = memberships.map(({ principalId }) => principalId);
  const inTeams = await listTeamsOf(deps.db, organizationId, persons);
  const teams = await findTeams(deps.db, actor, organizationId, [...new Set(inTeams.map(({ teamId }) => teamId))]);
  const invitations = await findInvitations(
    deps.db,
    memberships.map(({ id }) => id),
  );
  return memberships.map((membership) => {
    const { id, principalId, status } = membership;
    const isSelf = principalId === actor.id;
    const teamsOf = new Set(inTeams.filter((one) => one.principalId === principalId).map(({ teamId }) => teamId));
    const invitation = status === "invited" ? invitations.get(id) : undefined;
    return {
      id,
      status,
      // What a person is called is nobody's business before it has agreed to come.
      user: status === "active" || isSelf ? { id: principalId, name: membership.userName } : null,
      email: manages || isSelf ? membership.email : null,
      is_self: isSelf,
      teams: teams.filter((team) => teamsOf.has(team.id)).map((team: Team) => ({ id: team.id, name: team.name })),
      invitation: invitation === undefined || !manages ? null : presentInvitation(invitation, deps.now()),
      created_at: toRfc3339(membership.createdAt),
    };
  });
}

function presentInvitation(invitation: Invitation, now: number): NonNullable<MemberView["invitation"]> {
  return {
    invited_by: invitation.invitedBy,
    sent_at: toRfc3339(invitation.sentAt),
    expires_at: toRfc3339(invitation.expiresAt),
    is_over: invitation.expiresAt <= now,
    mail_state: invitation.mailState,
    mail_error: invitation.mailError,
  };
}
