import { Type, type Static } from "typebox";
import type { Actor } from "../../features/access/index.ts";
import {
  createOrganizationToken,
  createTeamToken,
  createUserToken,
  endToken,
  listOrganizationTokens,
  listTokensOfTeam,
  listUserTokens,
  type MadeToken,
  type ShownToken,
  type TokenRequest,
} from "../../features/managed-tokens/index.ts";
import { findOrganization, organizationNotFound } from "../../features/organizations/index.ts";
import { toRfc3339, toRfc3339OrNull } from "../../platform/clock.ts";
import { ok, type Call, type Reply, type Route } from "../shared/plane.ts";
import type { ConsoleDeps } from "./console-deps.ts";
import { Nullable, Time } from "./list-query.ts";

const shown = {
  id: Type.String(),
  purpose: Type.Enum(["user", "team", "organization", "audit-trails"]),
  description: Nullable(Type.String({ description: "null for the one that takes the place of the one before" })),
  created_at: Time,
  expires_at: Nullable(Time),
};
const TokenSchema = Type.Object(shown);
export type TokenView = Static<typeof TokenSchema>;
const TokenListSchema = Type.Object({ tokens: Type.Array(TokenSchema) });

const MadeTokenSchema = Type.Object({ ...shown, token: Type.String({ description: "shown this once" }) });
export type MadeTokenView = Static<typeof MadeTokenSchema>;

const expires = {
  expires_at: Type.Optional(Nullable(Type.String({ format: "date-time", maxLength: 40, description: "null: never" }))),
};
const TokenBody = Type.Object(
  { description: Type.String({ minLength: 1, maxLength: 255 }), ...expires },
  { additionalProperties: false },
);
const OrganizationTokenBody = Type.Object(
  { purpose: Type.Enum(["organization", "audit-trails"]), ...expires },
  { additionalProperties: false },
);

/** Tokens of the caller, of teams and of the organization. Secrets are shown once. */
export function tokenRoutes(deps: ConsoleDeps): Route[] {
  const teamIdOf = (call: Call): string => call.params["team_id"] ?? "";
  const organizationOf = async (actor: Actor) => {
    const organization = await findOrganization(deps.db, actor.organizationId);
    if (organization === undefined) throw organizationNotFound(actor.organizationId);
    return organization;
  };
  return [
    {
      method: "GET",
      path: "/tokens",
      needs: "authenticated",
      audit: "user-token.list",
      doc: { summary: "The caller's own tokens, the newest first", reply: TokenListSchema },
      handle: async ({ actor }) => list(await listUserTokens(deps.db, actor, actor.id)),
    },
    {
      method: "POST",
      path: "/tokens",
      needs: "authenticated",
      audit: "user-token.create",
      doc: {
        summary: "Make a token of the caller",
        description: "It does what the person may, in all its organizations.",
        reply: MadeTokenSchema,
        status: 201,
      },
      body: TokenBody,
      handle: async ({ actor, body }) => made(await createUserToken(deps, actor, actor.id, requestOf(body))),
    },
    {
      method: "DELETE",
      path: "/tokens/:token_id",
      needs: "authenticated",
      audit: "token.delete",
      doc: { summary: "End a token of the caller, of a team or of the organization", status: 204 },
      handle: async (call) => {
        await endToken(deps, call.actor, call.params["token_id"] ?? "");
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: "/teams/:team_id/tokens",
      needs: "team:read",
      audit: "team-token.list",
      doc: { summary: "The tokens of a team, the newest first", reply: TokenListSchema },
      handle: async (call) => list(await listTokensOfTeam(deps.db, call.actor, teamIdOf(call))),
    },
    {
      method: "POST",
      path: "/teams/:team_id/tokens",
      needs: "team:read",
      audit: "team-token.create",
      doc: {
        summary: "Make a token of a team",
        description: "It does what the team may, whoever is in it.",
        reply: MadeTokenSchema,
        status: 201,
      },
      body: TokenBody,
      handle: async (call) => made(await createTeamToken(deps, call.actor, teamIdOf(call), requestOf(call.body))),
    },
    {
      method: "GET",
      path: "/organization-tokens",
      needs: "organization:manage-tokens",
      audit: "organization-token.list",
      doc: { summary: "The tokens of the organization itself", reply: TokenListSchema },
      handle: async ({ actor }) => list(await listOrganizationTokens(deps.db, actor, await organizationOf(actor))),
    },
    {
      method: "POST",
      path: "/organization-tokens",
      needs: "organization:manage-tokens",
      audit: "organization-token.create",
      doc: {
        summary: "Make a token of the organization itself",
        description: "There is one of each purpose: the one before ends.",
        reply: MadeTokenSchema,
        status: 201,
      },
      body: OrganizationTokenBody,
      handle: async ({ actor, body }) => {
        const { purpose } = body as Static<typeof OrganizationTokenBody>;
        const request = { ...requestOf(body), description: null };
        return made(await createOrganizationToken(deps, actor, await organizationOf(actor), purpose, request));
      },
    },
  ];
}

function requestOf(body: unknown): TokenRequest {
  const { description, expires_at: at } = body as Partial<Static<typeof TokenBody>>;
  return { description: description?.trim() ?? null, expiresAt: at == null ? null : Date.parse(at) };
}

function list(tokens: readonly ShownToken[]): Reply {
  return ok({ tokens: tokens.map(present) });
}

function made(token: MadeToken): Reply {
  const body: MadeTokenView = { ...present(token), token: token.secret };
  return { status: 201, body, headers: { "cache-control": "no-store" } };
}

function present(token: ShownToken): TokenView {
  return {
    id: token.id,
    purpose: token.purpose,
    description: token.description,
    created_at: toRfc3339(token.createdAt),
    expires_at: toRfc3339OrNull(token.expiresAt),
  };
}
