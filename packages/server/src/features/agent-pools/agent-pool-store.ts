import { containsText } from "../../db/contains-text.ts";
import type { Db, Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { newExternalId } from "../../platform/ids.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { AgentPool, AgentPoolScope } from "./agent-pool.ts";

function selectPools(db: Db) {
  return db
    .selectFrom("agent_pools")
    .innerJoin("organizations", "organizations.id", "agent_pools.organization_id")
    .select([
      "agent_pools.id",
      "agent_pools.organization_id",
      "organizations.name as organization_name",
      "agent_pools.name",
      "agent_pools.organization_scoped",
      "agent_pools.created_at",
    ]);
}

type PoolRow = Awaited<ReturnType<ReturnType<typeof selectPools>["execute"]>>[number];

function toPool(row: PoolRow): AgentPool {
  return {
    id: row.id,
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    name: row.name,
    organizationScoped: row.organization_scoped === 1,
    createdAt: row.created_at,
  };
}

/** Throws a unique violation for a name that is taken. */
export async function insertPool(
  tx: Tx,
  pool: Pick<AgentPool, "organizationId" | "name" | "organizationScoped">,
  now: Millis,
): Promise<string> {
  const id = newExternalId("apool");
  await tx
    .insertInto("agent_pools")
    .values({
      id,
      organization_id: pool.organizationId,
      name: pool.name,
      organization_scoped: pool.organizationScoped ? 1 : 0,
      created_at: now,
    })
    .execute();
  return id;
}

/** Throws a unique violation for a name that is taken. */
export async function updatePool(tx: Tx, pool: Pick<AgentPool, "id" | "name" | "organizationScoped">): Promise<void> {
  await tx
    .updateTable("agent_pools")
    .set({ name: pool.name, organization_scoped: pool.organizationScoped ? 1 : 0 })
    .where("id", "=", pool.id)
    .execute();
}

export async function findPool(db: Db, id: string): Promise<AgentPool | undefined> {
  const row = await selectPools(db).where("agent_pools.id", "=", id).executeTakeFirst();
  return row && toPool(row);
}

/** The pool that an agent belongs to. */
export async function findPoolOfAgent(
  db: Db,
  agentId: string,
): Promise<{ readonly id: string; readonly name: string } | undefined> {
  return db
    .selectFrom("agents")
    .innerJoin("agent_pools", "agent_pools.id", "agents.agent_pool_id")
    .select(["agent_pools.id", "agent_pools.name"])
    .where("agents.id", "=", agentId)
    .executeTakeFirst();
}

export async function deletePoolRow(tx: Tx, id: string): Promise<void> {
  // Their own rows go with the pool, the credentials would stay.
  await tx
    .deleteFrom("tokens")
    .where("id", "in", (e) => e.selectFrom("agent_tokens").select("token_id").where("agent_pool_id", "=", id))
    .execute();
  await tx.deleteFrom("agent_pools").where("id", "=", id).execute();
}

/** Whether a workspace, or the default of a project, names the pool. */
export async function isPoolUsed(tx: Tx, id: string): Promise<boolean> {
  const workspace = await tx.selectFrom("workspaces").select("id").where("agent_pool_id", "=", id).executeTakeFirst();
  if (workspace !== undefined) return true;
  const project = await tx
    .selectFrom("projects")
    .select("id")
    .where("default_agent_pool_id", "=", id)
    .executeTakeFirst();
  return project !== undefined;
}

export interface PoolFilter {
  readonly organizationId: string;
  readonly nameContains?: string;
  /** Those that the workspace of this name may use: of the whole organization, or allowing it. */
  readonly allowedWorkspaceName?: string;
  readonly allowedProjectName?: string;
  readonly sort: { readonly by: "name" | "created-at"; readonly descending: boolean };
}

/** Two statements. */
export async function listPools(db: Db, filter: PoolFilter, page: Page): Promise<Paged<AgentPool>> {
  let query = selectPools(db).where("agent_pools.organization_id", "=", filter.organizationId);
  const { nameContains, allowedWorkspaceName, allowedProjectName, sort } = filter;
  if (nameContains !== undefined) query = query.where(containsText("agent_pools.name", nameContains));
  if (allowedWorkspaceName !== undefined) {
    query = query.where((e) =>
      e.or([
        e("agent_pools.organization_scoped", "=", 1),
        e.exists(
          e
            .selectFrom("agent_pool_workspaces as allowed")
            .innerJoin("workspaces", "workspaces.id", "allowed.workspace_id")
            .select("workspaces.id")
            .whereRef("allowed.agent_pool_id", "=", "agent_pools.id")
            .where("allowed.excluded", "=", 0)
            .where("workspaces.name", "=", allowedWorkspaceName),
        ),
      ]),
    );
  }
  if (allowedProjectName !== undefined) {
    query = query.where((e) =>
      e.or([
        e("agent_pools.organization_scoped", "=", 1),
        e.exists(
          e
            .selectFrom("agent_pool_projects as allowed")
            .innerJoin("projects", "projects.id", "allowed.project_id")
            .select("projects.id")
            .whereRef("allowed.agent_pool_id", "=", "agent_pools.id")
            .where("projects.name", "=", allowedProjectName),
        ),
      ]),
    );
  }
  const { total } = await query
    .clearSelect()
    .select((e) => e.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  const direction = sort.descending ? "desc" : "asc";
  const rows = await query
    .orderBy(sort.by === "name" ? "agent_pools.name" : "agent_pools.created_at", direction)
    .orderBy("agent_pools.id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  return { items: rows.map(toPool), total: Number(total) };
}

/** Replaces what is given and leaves the rest. Project ids are those of the database. */
export async function saveScope(
  tx: Tx,
  poolId: string,
  scope: {
    readonly allowedWorkspaceIds?: readonly string[];
    readonly allowedProjectIds?: readonly string[];
    readonly excludedWorkspaceIds?: readonly string[];
  },
): Promise<void> {
  for (const [excluded, ids] of [
    [0, scope.allowedWorkspaceIds],
    [1, scope.excludedWorkspaceIds],
  ] as const) {
    if (ids === undefined) continue;
    await tx
      .deleteFrom("agent_pool_workspaces")
      .where("agent_pool_id", "=", poolId)
      .where("excluded", "=", excluded)
      .execute();
    const rows = [...new Set(ids)].map((workspace_id) => ({ agent_pool_id: poolId, workspace_id, excluded }));
    if (rows.length > 0) await tx.insertInto("agent_pool_workspaces").values(rows).execute();
  }
  if (scope.allowedProjectIds === undefined) return;
  await tx.deleteFrom("agent_pool_projects").where("agent_pool_id", "=", poolId).execute();
  const rows = [...new Set(scope.allowedProjectIds)].map((project_id) => ({ agent_pool_id: poolId, project_id }));
  if (rows.length > 0) await tx.insertInto("agent_pool_projects").values(rows).execute();
}

/** What each pool allows and excludes. Two statements for any number of pools. */
export async function listScopes(db: Db, poolIds: readonly string[]): Promise<ReadonlyMap<string, AgentPoolScope>> {
  if (poolIds.length === 0) return new Map();
  const workspaces = await db
    .selectFrom("agent_pool_workspaces")
    .selectAll()
    .where("agent_pool_id", "in", poolIds)
    .orderBy("workspace_id")
    .execute();
  const projects = await db
    .selectFrom("agent_pool_projects")
    .innerJoin("projects", "projects.id", "agent_pool_projects.project_id")
    .select(["agent_pool_id", "projects.external_id"])
    .where("agent_pool_id", "in", poolIds)
    .orderBy("projects.external_id")
    .execute();
  const ofPool = (id: string, excluded: number): string[] =>
    workspaces.filter((row) => row.agent_pool_id === id && row.excluded === excluded).map((row) => row.workspace_id);
  return new Map(
    poolIds.map((id) => [
      id,
      {
        allowedWorkspaceIds: ofPool(id, 0),
        excludedWorkspaceIds: ofPool(id, 1),
        allowedProjectIds: projects.filter((row) => row.agent_pool_id === id).map((row) => row.external_id),
      },
    ]),
  );
}

// A stub of every workspace of a large pool would make the document as large as the organization.
const shownWorkspacesMax = 1000;

/** The first thousand workspaces that name each pool, by id. One statement a pool. */
export async function listPoolWorkspaces(
  db: Db,
  poolIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const id of poolIds) {
    const rows = await db
      .selectFrom("workspaces")
      .select("id")
      .where("agent_pool_id", "=", id)
      .orderBy("id")
      .limit(shownWorkspacesMax)
      .execute();
    found.set(
      id,
      rows.map((row) => row.id),
    );
  }
  return found;
}
