import { queryOptions } from "@tanstack/react-query";
import { callTfe, pathOf, resourceBody, resourcePages, type Resource, type ResourceDocument } from "../api/json-api.ts";

export interface PoolAttributes {
  readonly name: string;
  readonly "organization-scoped": boolean;
  /** Those that are heard of. */
  readonly "agent-count": number;
}

export type AgentPool = Resource<PoolAttributes>;
export type Agent = Resource<AgentAttributes>;
export type PoolToken = Resource<PoolTokenAttributes>;

export interface AgentAttributes {
  readonly name: string | null;
  readonly status: string;
  readonly "ip-address": string | null;
  readonly "last-ping-at": string;
}

export interface PoolTokenAttributes {
  readonly description: string;
  /** Only in the answer that makes it. */
  readonly token: string | null;
  readonly "created-at": string;
  readonly "last-used-at": string | null;
}

export function poolsQuery(organization: string) {
  return resourcePages<PoolAttributes>(
    ["agent-pools", "list", organization],
    `${pathOf("organizations", organization)}/agent-pools`,
  );
}

// What a runner last said has no event.
const watchMs = 15_000;

export function poolQuery(id: string) {
  return queryOptions({
    queryKey: ["agent-pools", "one", id],
    queryFn: async ({ signal }) =>
      (await callTfe<ResourceDocument<PoolAttributes>>(pathOf("agent-pools", id), { signal })).data,
  });
}

export function agentsQuery(id: string) {
  return {
    ...resourcePages<AgentAttributes>(["agent-pools", "agents", id], `${pathOf("agent-pools", id)}/agents`),
    refetchInterval: watchMs,
  };
}

export function poolTokensQuery(id: string) {
  return resourcePages<PoolTokenAttributes>(
    ["agent-pools", "tokens", id],
    `${pathOf("agent-pools", id)}/authentication-tokens`,
  );
}

export interface PoolInput {
  readonly name: string;
  readonly everywhere: boolean;
  readonly projects: readonly string[];
  readonly workspaces: readonly string[];
}

/** Answers its id. */
export async function savePool(organization: string, id: string | undefined, input: PoolInput): Promise<string> {
  const stubs = (type: string, ids: readonly string[]) => ({ data: ids.map((one) => ({ type, id: one })) });
  const answer = await callTfe<ResourceDocument<PoolAttributes>>(
    id === undefined ? `${pathOf("organizations", organization)}/agent-pools` : pathOf("agent-pools", id),
    {
      method: id === undefined ? "POST" : "PATCH",
      body: resourceBody(
        "agent-pools",
        { name: input.name.trim(), "organization-scoped": input.everywhere },
        input.everywhere
          ? undefined
          : {
              "allowed-projects": stubs("projects", input.projects),
              "allowed-workspaces": stubs("workspaces", input.workspaces),
            },
      ),
    },
  );
  return answer.data.id;
}

export async function deletePool(id: string): Promise<void> {
  await callTfe(pathOf("agent-pools", id), { method: "DELETE" });
}

/** Answers the secret, which nobody can read again. */
export async function createPoolToken(id: string, description: string): Promise<string> {
  const answer = await callTfe<ResourceDocument<PoolTokenAttributes>>(
    `${pathOf("agent-pools", id)}/authentication-tokens`,
    { method: "POST", body: resourceBody("authentication-tokens", { description }) },
  );
  return answer.data.attributes.token ?? "";
}

export async function endPoolToken(id: string): Promise<void> {
  await callTfe(pathOf("authentication-tokens", id), { method: "DELETE" });
}

export async function forgetAgent(id: string): Promise<void> {
  await callTfe(pathOf("agents", id), { method: "DELETE" });
}
