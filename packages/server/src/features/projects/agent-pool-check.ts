import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";

/** Errors: invalid/agent_pool_unknown, when the organization has no such pool. */
export async function checkAgentPool(_db: Db, _organizationId: string, agentPoolId: string): Promise<void> {
  throw new DomainError(
    "invalid",
    "agent_pool_unknown",
    `The provided agent pool does not exist: ${agentPoolId.slice(0, 60)}. Use the execution mode remote, with runners of the organization.`,
  );
}
