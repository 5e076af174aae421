import { Type } from "typebox";
import { acceptInvitation, getMembership, invitePerson, removeMembership } from "../../features/invitations/index.ts";
import { findMembershipOf, listMemberships, type Membership } from "../../features/memberships/index.ts";
import { findPersons } from "../../features/principals/index.ts";
import { may } from "../../features/access/index.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { presentUser } from "./account-routes.ts";
import {
  attributesOf,
  document,
  includes,
  includesOnly,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryList,
  queryText,
  resourceBody,
  type Resource,
} from "./json-api.ts";
import { presentMemberships } from "./membership-resources.ts";
import { checkOrganization } from "./organization-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const InvitationBody = resourceBody(
  "organization-memberships",
  { email: maybe(Type.String({ maxLength: 300 })) },
  {
    teams: maybe(
      Type.Object({
        data: maybe(
          Type.Array(Type.Object({ type: Type.Literal("teams"), id: Type.String({ maxLength: 255 }) }), {
            maxItems: 100,
          }),
        ),
      }),
    ),
  },
);

const byId = "/organization-memberships/:membership_id";

/** Who is in an organization, or asked to be. Source: go-tfe organization_membership.go. */
export function membershipRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/organizations/:organization/organization-memberships",
      needs: "principal:read",
      audit: "membership.list",
      handle: (call) => listReply(deps, call),
    },
    {
      method: "POST",
      path: "/organizations/:organization/organization-memberships",
      needs: "membership:write",
      audit: "membership.create",
      body: InvitationBody,
      handle: async (call) => {
        await checkOrganization(deps.db, call);
        const { email = "" } = attributesOf<{ email: string }>(call);
        const membership = await invitePerson(deps, call.actor, { email, teamIds: teamsOf(call) });
        const { resources } = await load(deps, [membership], new Set());
        return document(resources[0] as Resource, await usersOf(deps, [membership]), 201);
      },
    },
    {
      method: "GET",
      path: "/organization-memberships",
      needs: "authenticated",
      audit: "membership.list-own",
      handle: async (call) => {
        const organizations = new Set(call.actor.grants.map(({ organizationId }) => organizationId));
        const own: Membership[] = [];
        for (const id of organizations) {
          const membership = await findMembershipOf(deps.db, id, call.actor.id);
          if (membership !== undefined) own.push(membership);
        }
        const loaded = await Promise.all(own.map((one) => load(deps, [one], includes(call))));
        const items = loaded.flatMap(({ resources }) => resources);
        return pageDocument({ number: 1, size: Math.max(20, items.length) }, { items, total: items.length }, (r) => r);
      },
    },
    {
      method: "GET",
      path: byId,
      needs: "authenticated",
      audit: "membership.read",
      handle: async (call) => reply(deps, call, await getMembership(deps.db, call.actor, param(call, "membership_id"))),
    },
    {
      method: "POST",
      path: `${byId}/actions/accept`,
      needs: "authenticated",
      audit: "membership.accept",
      handle: async (call) => reply(deps, call, await acceptInvitation(deps, call.actor, param(call, "membership_id"))),
    },
    {
      method: "DELETE",
      path: byId,
      needs: "membership:write",
      audit: "membership.delete",
      handle: async (call) => {
        await removeMembership(deps, call.actor, param(call, "membership_id"));
        return { status: 204 };
      },
    },
  ];
}

function teamsOf(call: Call): string[] {
  const body = call.body as { data: { relationships?: { teams?: { data?: { id: string }[] | null } | null } } };
  return (body.data.relationships?.teams?.data ?? []).map(({ id }) => id);
}

async function listReply(deps: TfeDeps, call: Call): Promise<Reply> {
  const { id: organizationId } = await checkOrganization(deps.db, call);
  const page = pageOf(call);
  const [emails, status, text] = [
    queryList(call, "filter[email]"),
    queryText(call, "filter[status]"),
    queryText(call, "q"),
  ];
  // Addresses are told to those who manage members, and to each its own.
  const all = may(call.actor, "membership:write", { organizationId });
  const found = await listMemberships(
    deps.db,
    {
      organizationId,
      ...(emails === undefined ? {} : { emails }),
      ...(status === undefined || status === "" ? {} : { status }),
      ...(text === undefined || text === "" ? {} : { text }),
      ...(all ? {} : { principalId: call.actor.id }),
    },
    page,
  );
  const { resources, included } = await load(deps, found.items, includes(call));
  return pageDocument(page, { items: resources, total: found.total }, (resource) => resource, included);
}

async function reply(deps: TfeDeps, call: Call, membership: Membership): Promise<Reply> {
  const { resources, included } = await load(deps, [membership], includesOnly(call, ["user", "teams"]));
  return document(resources[0] as Resource, included);
}

/** Memberships of one organization. */
async function load(
  deps: TfeDeps,
  memberships: readonly Membership[],
  wanted: ReadonlySet<string>,
): Promise<{ resources: Resource[]; included: Resource[] }> {
  const resources = await presentMemberships(deps, memberships[0]?.organizationId ?? "", memberships);
  return { resources, included: wanted.has("user") ? await usersOf(deps, memberships) : [] };
}

async function usersOf(deps: TfeDeps, memberships: readonly Membership[]): Promise<Resource[]> {
  const persons = await findPersons(
    deps.db,
    memberships.map(({ principalId }) => principalId),
  );
  // Whoever is shown a membership is shown its address. Source: terraform-provider-tfe, organization membership.
  return persons.map((person) => {
    const user = presentUser(person);
    const email = memberships.find(({ principalId }) => principalId === person.id)?.email ?? "";
    return { ...user, attributes: { ...user.attributes, email } };
  });
}
