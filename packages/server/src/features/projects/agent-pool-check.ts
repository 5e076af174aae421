import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import { findPoolFor, type PoolForUser, type PoolUser } from "./agent-pool-store.ts";

/**
 * Whether the runs of a workspace, or of every workspace of a project, may be given to this pool: it is for the whole
 * organization, or allows them. Errors: invalid/agent_pool_unknown, when the organization has no such pool,
 * invalid/agent_pool_not_allowed. The words are what clients look for. Source: go-tfe, run_task_integration_test.go.
 */
export async function checkAgentPool(
  db: Db,
  organizationId: string,
  agentPoolId: string,
  user: PoolUser = {},
): Promise<void> {
  const pool = await findPoolFor(db, agentPoolId, user);
  if (pool === undefined || pool.organizationId !== organizationId) {
    throw new DomainError(
      "invalid",
      "agent_pool_unknown",
      `The provided agent pool does not exist: ${agentPoolId.slice(0, 60)}. Make it first, or use the execution mode remote.`,
    );
  }
  if (!mayUse(pool)) {
    throw new DomainError(
      "invalid",
      "agent_pool_not_allowed",
      `The agent pool ${pool.name} is not for this use. Add the workspace or its project to the pool, or make it one of the whole organization.`,
    );
  }
}

/** An exclusion wins over everything but the workspace's own permission. Source: HCP Terraform, agent pool scopes. */
export function mayUse(pool: PoolForUser): boolean {
  if (pool.allowsWorkspace) return true;
  return !pool.excludesWorkspace && (pool.organizationScoped || pool.allowsProject);
}
