import type { Db } from "../../db/database.ts";

/** Who wants to use a pool. A workspace that is being made has no id yet. */
export interface PoolUser {
  readonly projectId?: string;
  readonly workspaceId?: string;
}

/** A pool as one user sees it. */
export interface PoolForUser {
  readonly organizationId: string;
  readonly name: string;
  readonly organizationScoped: boolean;
  readonly allowsWorkspace: boolean;
  readonly allowsProject: boolean;
  readonly excludesWorkspace: boolean;
}

/** The pool, and what it says of this user. One statement. */
export async function findPoolFor(db: Db, agentPoolId: string, user: PoolUser): Promise<PoolForUser | undefined> {
  const row = await db
    .selectFrom("agent_pools")
    .select((e) => [
      "organization_id as organizationId",
      "name",
      "organization_scoped",
      e
        .selectFrom("agent_pool_workspaces as w")
        .select((w) => w.fn.countAll().as("count"))
        .whereRef("w.agent_pool_id", "=", "agent_pools.id")
        .where("w.workspace_id", "=", user.workspaceId ?? "")
        .where("w.excluded", "=", 0)
        .as("allowing_workspaces"),
      e
        .selectFrom("agent_pool_workspaces as x")
        .select((x) => x.fn.countAll().as("count"))
        .whereRef("x.agent_pool_id", "=", "agent_pools.id")
        .where("x.workspace_id", "=", user.workspaceId ?? "")
        .where("x.excluded", "=", 1)
        .as("excluding_workspaces"),
      e
        .selectFrom("agent_pool_projects as p")
        .select((p) => p.fn.countAll().as("count"))
        .whereRef("p.agent_pool_id", "=", "agent_pools.id")
        .where("p.project_id", "=", user.projectId ?? "")
        .as("allowing_projects"),
    ])
    .where("id", "=", agentPoolId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    organizationId: row.organizationId,
    name: row.name,
    organizationScoped: row.organization_scoped === 1,
    allowsWorkspace: Number(row.allowing_workspaces) > 0,
    excludesWorkspace: Number(row.excluding_workspaces) > 0,
    allowsProject: Number(row.allowing_projects) > 0,
  };
}
