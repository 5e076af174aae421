import { Type } from "typebox";
import { actingWith, type Actor } from "../../features/access/index.ts";
import { deleteAgentToken, getAgentToken, type AgentToken } from "../../features/agent-pools/index.ts";
import {
  createOrganizationToken,
  createTeamToken,
  createUserToken,
  endToken,
  getOrganizationToken,
  getTeamToken,
  getToken,
  listTeamTokens,
  listTokensOfTeam,
  listUserTokens,
  type MadeToken,
  type ShownToken,
  type TokenOrder,
  type TokenRequest,
} from "../../features/managed-tokens/index.ts";
import { findOrganization } from "../../features/organizations/index.ts";
import { toRfc3339, toRfc3339OrNull } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import { presentAgentToken } from "./agent-routes.ts";
import {
  attributesOf,
  document,
  listDocument,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryText,
  resourceBody,
  toOne,
  type Resource,
} from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";

// Clients also send no body at all.
const TokenBody = Type.Union([
  Type.Null(),
  resourceBody("authentication-tokens", {
    description: maybe(Type.String({ maxLength: 255 })),
    "expired-at": maybe(Type.String({ maxLength: 40 })),
  }),
]);

const ofTeam = "/teams/:team_id/authentication-token";
const ofOrganization = "/organizations/:organization/authentication-token";

/** Tokens of persons, teams and organizations. Source: go-tfe user_token.go, team_token.go, organization_token.go. */
export function tokenRoutes(deps: TfeDeps): Route[] {
  const made = async (token: MadeToken) => document(await presentToken(deps, token), [], 201);
  const shown = async (token: ShownToken) => document(await presentToken(deps, token));
  const list = async (tokens: readonly ShownToken[]) => {
    const resources = await Promise.all(tokens.map((token) => presentToken(deps, token)));
    return listDocument(resources, (resource) => resource);
  };
  return [
    {
      method: "GET",
      path: "/users/:user_id/authentication-tokens",
      needs: "authenticated",
      audit: "user-token.list",
      handle: async (call) => list(await listUserTokens(deps.db, call.actor, param(call, "user_id"))),
    },
    {
      method: "POST",
      path: "/users/:user_id/authentication-tokens",
      needs: "authenticated",
      audit: "user-token.create",
      body: TokenBody,
      handle: async (call) => {
        const request = requestOf(call);
        const described = { ...request, description: request.description ?? "" };
        return made(await createUserToken(deps, call.actor, param(call, "user_id"), described));
      },
    },
    {
      method: "GET",
      path: "/authentication-tokens/:token_id",
      needs: "authenticated",
      audit: "token.read",
      handle: async (call) => {
        const ofPool = await agentTokenOf(deps, call);
        if (ofPool !== undefined) return document(presentAgentToken(ofPool));
        return shown(await getToken(deps.db, call.actor, param(call, "token_id")));
      },
    },
    {
      method: "DELETE",
      path: "/authentication-tokens/:token_id",
      needs: "authenticated",
      audit: "token.delete",
      handle: async (call) => {
        const id = param(call, "token_id");
        if ((await agentTokenOf(deps, call)) === undefined) await endToken(deps, call.actor, id);
        else await deleteAgentToken(deps.db, forPools(call), id);
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: ofTeam,
      needs: "team:read",
      audit: "team-token.read",
      handle: async (call) => shown(await getTeamToken(deps.db, call.actor, param(call, "team_id"))),
    },
    {
      method: "POST",
      path: ofTeam,
      needs: "team:read",
      audit: "team-token.create",
      body: TokenBody,
      handle: async (call) => {
        const request = { ...requestOf(call), description: null };
        return made(await createTeamToken(deps, call.actor, param(call, "team_id"), request));
      },
    },
    {
      method: "DELETE",
      path: ofTeam,
      needs: "team:read",
      audit: "team-token.delete",
      handle: async (call) => {
        const { id } = await getTeamToken(deps.db, call.actor, param(call, "team_id"));
        await endToken(deps, call.actor, id);
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: `${ofTeam}s`,
      needs: "team:read",
      audit: "team-token.list",
      handle: async (call) => list(await listTokensOfTeam(deps.db, call.actor, param(call, "team_id"))),
    },
    {
      method: "POST",
      path: `${ofTeam}s`,
      needs: "team:read",
      audit: "team-token.create",
      body: TokenBody,
      handle: async (call) => {
        const request = requestOf(call);
        const described = { ...request, description: request.description ?? "" };
        return made(await createTeamToken(deps, call.actor, param(call, "team_id"), described));
      },
    },
    {
      method: "GET",
      path: "/organizations/:organization/team-tokens",
      needs: "team:write",
      audit: "team-token.list-all",
      handle: async (call) => {
        await checkOrganization(deps.db, call);
        const page = pageOf(call);
        const teamName = queryText(call, "q");
        const filter = teamName === undefined || teamName === "" ? {} : { teamName };
        const found = await listTeamTokens(deps.db, call.actor, filter, sortingOf(call), page);
        const items = await Promise.all(found.items.map((token) => presentToken(deps, token)));
        return pageDocument(page, { items, total: found.total }, (resource) => resource);
      },
    },
    {
      method: "GET",
      path: ofOrganization,
      needs: "organization:manage-tokens",
      audit: "organization-token.read",
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        return shown(await getOrganizationToken(deps.db, call.actor, organization, purposeOf(call)));
      },
    },
    {
      method: "POST",
      path: ofOrganization,
      needs: "organization:manage-tokens",
      audit: "organization-token.create",
      body: TokenBody,
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        const request = { ...requestOf(call), description: null };
        return made(await createOrganizationToken(deps, call.actor, organization, purposeOf(call), request));
      },
    },
    {
      method: "DELETE",
      path: ofOrganization,
      needs: "organization:manage-tokens",
      audit: "organization-token.delete",
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        const { id } = await getOrganizationToken(deps.db, call.actor, organization, purposeOf(call));
        await endToken(deps, call.actor, id);
        return { status: 204 };
      },
    },
  ];
}

function forPools(call: Call): Actor {
  return actingWith(call.actor, "runner:manage");
}

/** The token of an agent pool by this id; undefined when it is of something else, or the caller manages no pools. */
async function agentTokenOf(deps: TfeDeps, call: Call): Promise<AgentToken | undefined> {
  try {
    return await getAgentToken(deps.db, forPools(call), param(call, "token_id"));
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

/** Errors: invalid/expired_at. */
function requestOf(call: Call): TokenRequest {
  const given = attributesOf<{ description: string; "expired-at": string }>(call);
  const text = given["expired-at"];
  const expiresAt = text === undefined || text === "" ? null : Date.parse(text);
  if (Number.isNaN(expiresAt)) {
    throw new DomainError("invalid", "expired_at", "Expired at must be a time such as 2026-12-31T00:00:00Z.");
  }
  return { description: given.description ?? null, expiresAt };
}

/** Errors: invalid/token_type. */
function purposeOf(call: Call): "organization" | "audit-trails" {
  const type = queryText(call, "token");
  if (type === undefined || type === "") return "organization";
  if (type === "audit-trails") return "audit-trails";
  throw new DomainError("invalid", "token_type", "The parameter token can only be audit-trails.");
}

const orders: readonly TokenOrder[] = ["team-name", "created-by", "expired-at", "last-used-at", "created-at"];

/** Errors: invalid/sort. */
function sortingOf(call: Call): { by: TokenOrder; descending: boolean } {
  const text = queryText(call, "sort") ?? "";
  if (text === "") return { by: "team-name", descending: false };
  const descending = text.startsWith("-");
  const by = orders.find((order) => order === text.replace(/^-/, "") || order.replace("-name", "_name") === text);
  if (by !== undefined) return { by, descending };
  throw new DomainError("invalid", "sort", `Sort is one of ${orders.join(", ")}, with - in front for the other way.`);
}

async function presentToken(deps: TfeDeps, token: ShownToken | MadeToken): Promise<Resource> {
  return {
    id: token.id,
    type: "authentication-tokens",
    attributes: {
      "created-at": toRfc3339(token.createdAt),
      "last-used-at": toRfc3339OrNull(token.lastUsedAt),
      description: token.description,
      token: "secret" in token ? token.secret : null,
      "expired-at": toRfc3339OrNull(token.expiresAt),
    },
    relationships: {
      ...(token.createdBy === null ? {} : { "created-by": await presentCreator(deps, token) }),
      ...(token.purpose === "team" ? { team: toOne("teams", token.principalId) } : {}),
    },
  };
}

/** Exactly one of a user, a team and an organization. Source: go-tfe, token tests. */
async function presentCreator(deps: TfeDeps, token: ShownToken) {
  const { createdBy, organizationId } = token;
  if (createdBy?.kind === "team") return toOne("teams", createdBy.id);
  if (createdBy?.kind !== "organization") return toOne("users", createdBy?.id ?? null);
  return toOne("organizations", (await findOrganization(deps.db, organizationId))?.name ?? "");
}
