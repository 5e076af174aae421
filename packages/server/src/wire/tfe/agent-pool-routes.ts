import { Type } from "typebox";
import {
  countAgents,
  createAgentPool,
  deleteAgentPool,
  getAgentPool,
  listPoolWorkspaces,
  listPools,
  listScopes,
  updateAgentPool,
  type AgentPool,
  type AgentPoolChange,
  type PoolFilter,
} from "../../features/agent-pools/index.ts";
import { findWorkspaces } from "../../features/workspaces/index.ts";
import { actingWith, canSee } from "../../features/access/index.ts";
import { toRfc3339 } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Call, Reply, Route } from "../shared/plane.ts";
import { agentRoutes } from "./agent-routes.ts";
import {
  attributesOf,
  document,
  includes,
  maybe,
  pageDocument,
  pageOf,
  param,
  queryText,
  relatedItems,
  relationToMany,
  resourceBody,
  toMany,
  toOne,
  type Resource,
} from "./json-api.ts";
import { checkOrganization } from "./organization-routes.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { loadWorkspaces } from "./workspace-resources.ts";

// What one statement binds, with room.
const scopeMax = 500;

const scope = {
  "allowed-workspaces": relationToMany("workspaces", scopeMax),
  "allowed-projects": relationToMany("projects", scopeMax),
  "excluded-workspaces": relationToMany("workspaces", scopeMax),
};
const PoolBody = resourceBody(
  "agent-pools",
  { name: maybe(Type.String()), "organization-scoped": maybe(Type.Boolean()) },
  scope,
);

interface PoolAttributes {
  readonly name: string;
  readonly "organization-scoped": boolean;
}

/** Pools of runners, which the published API calls agents. Source: HCP Terraform API, agent pools. */
export function agentPoolRoutes(deps: TfeDeps): Route[] {
  const reply = async (call: Call, pool: AgentPool, status = 200): Promise<Reply> => {
    const [resource] = await presentPools(deps, [pool]);
    return document(resource as Resource, await includedOf(deps, call, [pool]), status);
  };
  return [
    {
      method: "POST",
      path: "/organizations/:organization/agent-pools",
      needs: "runner:manage",
      audit: "agent-pool.create",
      body: PoolBody,
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        const change = changeOf(call);
        if (change.name === undefined) throw new DomainError("invalid", "agent_pool_name", "Name can't be blank.");
        return reply(call, await createAgentPool(deps, organization.id, { ...change, name: change.name }), 201);
      },
    },
    {
      method: "GET",
      path: "/organizations/:organization/agent-pools",
      needs: "organization:read",
      audit: "agent-pool.list",
      handle: async (call) => {
        const organization = await checkOrganization(deps.db, call);
        const page = pageOf(call);
        const { items, total } = await listPools(deps.db, filterOf(call, organization.id), page);
        const resources = await presentPools(deps, items);
        const included = await includedOf(deps, call, items);
        return pageDocument(page, { items: resources, total }, (pool) => pool, included);
      },
    },
    {
      method: "GET",
      path: "/agent-pools/:agent_pool_id",
      needs: "organization:read",
      audit: "agent-pool.read",
      handle: async (call) => reply(call, await getAgentPool(deps.db, call.actor, param(call, "agent_pool_id"))),
    },
    {
      method: "PATCH",
      path: "/agent-pools/:agent_pool_id",
      needs: "runner:manage",
      audit: "agent-pool.update",
      body: PoolBody,
      handle: async (call) =>
        reply(call, await updateAgentPool(deps, call.actor, param(call, "agent_pool_id"), changeOf(call))),
    },
    {
      method: "DELETE",
      path: "/agent-pools/:agent_pool_id",
      needs: "runner:manage",
      audit: "agent-pool.delete",
      handle: async (call) => {
        await deleteAgentPool(deps, call.actor, param(call, "agent_pool_id"));
        return { status: 204 };
      },
    },
    ...agentRoutes(deps),
  ];
}

function changeOf(call: Call): AgentPoolChange {
  const given = attributesOf<PoolAttributes>(call);
  const ids = (name: string): string[] | undefined => relatedItems<{ id: string }>(call, name)?.map(({ id }) => id);
  const [workspaces, projects, excluded] = [
    ids("allowed-workspaces"),
    ids("allowed-projects"),
    ids("excluded-workspaces"),
  ];
  return {
    ...(given.name === undefined ? {} : { name: given.name }),
    ...(given["organization-scoped"] === undefined ? {} : { organizationScoped: given["organization-scoped"] }),
    ...(workspaces === undefined ? {} : { allowedWorkspaceIds: workspaces }),
    ...(projects === undefined ? {} : { allowedProjectIds: projects }),
    ...(excluded === undefined ? {} : { excludedWorkspaceIds: excluded }),
  };
}

/** Errors: invalid/sort. */
function filterOf(call: Call, organizationId: string): PoolFilter {
  const text = (key: string): string | undefined => queryText(call, key) || undefined;
  const [q, workspaceName, projectName] = [
    text("q"),
    text("filter[allowed_workspaces][name]"),
    text("filter[allowed_projects][name]"),
  ];
  const sort = text("sort") ?? "name";
  const by = sort.replace(/^-/, "");
  if (by !== "name" && by !== "created-at") {
    throw new DomainError("invalid", "sort", "sort is `name` or `created-at`, with `-` before it for the other way.");
  }
  return {
    organizationId,
    sort: { by, descending: sort.startsWith("-") },
    ...(q === undefined ? {} : { nameContains: q }),
    ...(workspaceName === undefined ? {} : { allowedWorkspaceName: workspaceName }),
    ...(projectName === undefined ? {} : { allowedProjectName: projectName }),
  };
}

async function presentPools(deps: TfeDeps, pools: readonly AgentPool[]): Promise<Resource[]> {
  const ids = pools.map((pool) => pool.id);
  const scopes = await listScopes(deps.db, ids);
  const workspaces = await listPoolWorkspaces(deps.db, ids);
  const counts = await countAgents(deps.db, ids, deps.now());
  return pools.map((pool) => {
    const path = `/api/v2/agent-pools/${pool.id}`;
    const its = scopes.get(pool.id);
    return {
      id: pool.id,
      type: "agent-pools",
      attributes: {
        name: pool.name,
        "organization-scoped": pool.organizationScoped,
        "agent-count": counts.get(pool.id) ?? 0,
        "created-at": toRfc3339(pool.createdAt),
      },
      relationships: {
        organization: toOne("organizations", pool.organizationName),
        agents: { links: { related: `${path}/agents` } },
        "authentication-tokens": { links: { related: `${path}/authentication-tokens` } },
        workspaces: toMany("workspaces", workspaces.get(pool.id) ?? []),
        "allowed-workspaces": toMany("workspaces", its?.allowedWorkspaceIds ?? []),
        "allowed-projects": toMany("projects", its?.allowedProjectIds ?? []),
        "excluded-workspaces": toMany("workspaces", its?.excludedWorkspaceIds ?? []),
      },
      links: { self: path },
    };
  });
}

/** The workspaces of the pools, as far as the caller may see them. */
async function includedOf(deps: TfeDeps, call: Call, pools: readonly AgentPool[]): Promise<Resource[]> {
  if (!includes(call).has("workspaces")) return [];
  const named = await listPoolWorkspaces(
    deps.db,
    pools.map((pool) => pool.id),
  );
  const actor = actingWith(call.actor, null);
  const workspaces = await findWorkspaces(deps.db, [...named.values()].flat().slice(0, scopeMax));
  return loadWorkspaces(
    deps.db,
    workspaces.filter((workspace) => canSee(actor, workspace)),
    call.actor,
  );
}
