import { canSee, type Actor } from "../access/index.ts";
import { findOrganization } from "../organizations/index.ts";
import { findProjectsInOrganization } from "../projects/index.ts";
import { findWorkspacesInOrganization } from "../workspaces/index.ts";
import { isUniqueViolation, type Db, type Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { deletePoolRow, findPool, insertPool, isPoolUsed, saveScope, updatePool } from "./agent-pool-store.ts";
import { checkPoolName, poolNotFound, type AgentPool, type AgentPoolScope } from "./agent-pool.ts";

export interface AgentPoolDeps {
  readonly db: Db;
  readonly now: Clock;
}

export interface AgentPoolChange extends Partial<AgentPoolScope> {
  readonly name?: string;
  readonly organizationScoped?: boolean;
}

/**
 * Makes a pool in the organization. Asks nobody's permission: the caller has. Errors: invalid/agent_pool_name,
 * invalid/name_taken, invalid/agent_pool_scope.
 */
export async function createAgentPool(
  deps: AgentPoolDeps,
  organizationId: string,
  input: AgentPoolChange & { readonly name: string },
): Promise<AgentPool> {
  const name = checkPoolName(input.name);
  return withUniqueName(() =>
    deps.db.transaction().execute(async (tx) => {
      const organizationScoped = input.organizationScoped ?? true;
      const id = await insertPool(tx, { organizationId, name, organizationScoped }, deps.now());
      await changeScope(tx, organizationId, id, input);
      return (await findPool(tx, id)) as AgentPool;
    }),
  );
}

/** Errors: not_found/agent_pool_not_found. */
export async function getAgentPool(db: Db, actor: Actor, id: string): Promise<AgentPool> {
  const pool = await findPool(db, id);
  if (pool === undefined || !canSee(actor, { organizationId: pool.organizationId })) throw poolNotFound();
  return pool;
}

/**
 * What is not given stays. Workspaces that use the pool keep it when it is narrowed. Errors: those of
 * {@link createAgentPool}, not_found/agent_pool_not_found. Source: HCP Terraform, agent pool scopes.
 */
export async function updateAgentPool(
  deps: AgentPoolDeps,
  actor: Actor,
  id: string,
  change: AgentPoolChange,
): Promise<AgentPool> {
  return withUniqueName(() =>
    deps.db.transaction().execute(async (tx) => {
      const pool = await getAgentPool(tx, actor, id);
      const name = change.name === undefined ? pool.name : checkPoolName(change.name);
      const organizationScoped = change.organizationScoped ?? pool.organizationScoped;
      await updatePool(tx, { id, name, organizationScoped });
      await changeScope(tx, pool.organizationId, id, change);
      return (await findPool(tx, id)) as AgentPool;
    }),
  );
}

/** Deletes a pool with its agents and tokens. Errors: not_found/agent_pool_not_found, conflict/agent_pool_used. */
export async function deleteAgentPool(deps: AgentPoolDeps, actor: Actor, id: string): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const pool = await getAgentPool(tx, actor, id);
    const organization = await findOrganization(tx, pool.organizationId);
    if (organization?.settings.defaultAgentPoolId === id || (await isPoolUsed(tx, id))) {
      throw new DomainError(
        "conflict",
        "agent_pool_used",
        "The agent pool is in use. Give its workspaces and projects another execution mode or pool first.",
      );
    }
    await deletePoolRow(tx, id);
  });
}

/** Errors: invalid/agent_pool_scope, for what is not of the organization. */
async function changeScope(
  tx: Tx,
  organizationId: string,
  poolId: string,
  change: Partial<AgentPoolScope>,
): Promise<void> {
  const workspaces = async (ids: readonly string[]): Promise<string[]> =>
    checkFound(ids, await findWorkspacesInOrganization(tx, organizationId, ids), "workspaces");
  const { allowedWorkspaceIds, excludedWorkspaceIds, allowedProjectIds } = change;
  await saveScope(tx, poolId, {
    ...(allowedWorkspaceIds === undefined ? {} : { allowedWorkspaceIds: await workspaces(allowedWorkspaceIds) }),
    ...(excludedWorkspaceIds === undefined ? {} : { excludedWorkspaceIds: await workspaces(excludedWorkspaceIds) }),
    ...(allowedProjectIds === undefined
      ? {}
      : {
          allowedProjectIds: checkFound(
            allowedProjectIds,
            await findProjectsInOrganization(tx, organizationId, allowedProjectIds),
            "projects",
          ),
        }),
  });
}

function checkFound(asked: readonly string[], found: readonly { readonly id: string }[], what: string): string[] {
  if (found.length === new Set(asked).size) return found.map(({ id }) => id);
  throw new DomainError("invalid", "agent_pool_scope", `The pool names ${what} that the organization does not have.`);
}

async function withUniqueName<T>(act: () => Promise<T>): Promise<T> {
  return act().catch((error: unknown) => {
    throw isUniqueViolation(error) ? new DomainError("invalid", "name_taken", "Name has already been taken.") : error;
  });
}
