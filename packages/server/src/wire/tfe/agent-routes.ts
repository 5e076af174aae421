import { Type } from "typebox";
import {
  agentStatus,
  createAgentToken,
  deleteAgent,
  getAgent,
  getAgentPool,
  listAgents,
  listAgentTokens,
  type Agent,
  type AgentToken,
} from "../../features/agent-pools/index.ts";
import { toRfc3339, type Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Route } from "../shared/plane.ts";
import {
  attributesOf,
  document,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryText,
  toOne,
  type Resource,
} from "./json-api.ts";
import type { TfeDeps } from "./tfe-deps.ts";

const TokenBody = Type.Object({
  data: Type.Object({
    // The client calls them by another name when it makes one. Source: go-tfe, agent_token.go.
    type: Type.Optional(Type.Enum(["agent-tokens", "authentication-tokens", ""])),
    attributes: Type.Optional(Type.Object({ description: maybe(Type.String({ maxLength: 255 })) })),
  }),
});

/** The runners of a pool, and the credentials with which they are started. Source: HCP Terraform API, agents. */
export function agentRoutes(deps: TfeDeps): Route[] {
  return [
    {
      method: "GET",
      path: "/agent-pools/:agent_pool_id/agents",
      needs: "organization:read",
      audit: "agent.list",
      handle: async (call) => {
        const pool = await getAgentPool(deps.db, call.actor, param(call, "agent_pool_id"));
        const page = pageOf(call);
        const since = pingedSince(call);
        const filter = { agentPoolId: pool.id, ...(since === undefined ? {} : { pingedSince: since }) };
        const now = deps.now();
        return pageDocument(page, await listAgents(deps.db, filter, page), (agent) => presentAgent(agent, now));
      },
    },
    {
      method: "GET",
      path: "/agents/:agent_id",
      needs: "organization:read",
      audit: "agent.read",
      handle: async (call) =>
        document(presentAgent(await getAgent(deps.db, call.actor, param(call, "agent_id")), deps.now())),
    },
    {
      method: "DELETE",
      path: "/agents/:agent_id",
      needs: "runner:manage",
      audit: "agent.delete",
      handle: async (call) => {
        await deleteAgent(deps, call.actor, param(call, "agent_id"));
        return { status: 204 };
      },
    },
    {
      method: "GET",
      path: "/agent-pools/:agent_pool_id/authentication-tokens",
      needs: "runner:manage",
      audit: "agent-token.list",
      handle: async (call) => {
        const pool = await getAgentPool(deps.db, call.actor, param(call, "agent_pool_id"));
        const page = pageOf(call);
        return pageDocument(page, await listAgentTokens(deps.db, pool.id, page), (token) => presentAgentToken(token));
      },
    },
    {
      method: "POST",
      path: "/agent-pools/:agent_pool_id/authentication-tokens",
      needs: "runner:manage",
      audit: "agent-token.create",
      body: TokenBody,
      handle: async (call) => {
        const description = attributesOf<{ description: string }>(call).description ?? "";
        const made = await createAgentToken(deps, call.actor, param(call, "agent_pool_id"), description);
        return document(presentAgentToken(made.token, made.secret), [], 201);
      },
    },
  ];
}

/** Errors: invalid/last_ping_since. */
function pingedSince(call: Call): Millis | undefined {
  const text = queryText(call, "filter[last-ping-since]");
  if (text === undefined || text === "") return undefined;
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw new DomainError(
    "invalid",
    "last_ping_since",
    "filter[last-ping-since] is a time such as 2026-01-31T12:00:00Z.",
  );
}

function presentAgent(agent: Agent, now: Millis): Resource {
  return {
    id: agent.id,
    type: "agents",
    attributes: {
      name: agent.name,
      status: agentStatus(agent, now),
      "ip-address": agent.ipAddress,
      "created-at": toRfc3339(agent.createdAt),
      "last-ping-at": toRfc3339(agent.lastPingAt),
    },
    relationships: { "agent-pool": toOne("agent-pools", agent.agentPoolId) },
    links: { self: `/api/v2/agents/${agent.id}` },
  };
}

export function presentAgentToken(token: AgentToken, secret: string | null = null): Resource {
  return {
    id: token.id,
    type: "authentication-tokens",
    attributes: {
      description: token.description,
      token: secret,
      "created-at": toRfc3339(token.createdAt),
      "last-used-at": token.lastUsedAt === null ? null : toRfc3339(token.lastUsedAt),
      "expired-at": null,
    },
    relationships: { "created-by": toOne("users", token.createdBy.id) },
  };
}
