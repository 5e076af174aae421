import { sql, type Selectable } from "kysely";
import { containsText } from "../../db/contains-text.ts";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import type { PolicySets } from "../../db/schema.gen.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { PolicySet } from "./policy-set.ts";
import type { PolicyKind } from "./policy.ts";

type Row = Selectable<PolicySets> & { readonly organization_name: string };

function toPolicySet(row: Row): PolicySet {
  return {
    id: row.id,
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    name: row.name,
    description: row.description,
    kind: row.kind as PolicyKind,
    global: row.global === 1,
    overridable: row.overridable === 1,
    agentEnabled: row.agent_enabled === 1,
    toolVersion: row.policy_tool_version,
    currentVersionId: row.current_version_id,
    newestVersionId: row.newest_version_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toColumns(set: PolicySet) {
  return {
    name: set.name,
    description: set.description,
    global: set.global ? 1 : 0,
    overridable: set.overridable ? 1 : 0,
    agent_enabled: set.agentEnabled ? 1 : 0,
    policy_tool_version: set.toolVersion,
    current_version_id: set.currentVersionId,
    newest_version_id: set.newestVersionId,
    updated_at: set.updatedAt,
  };
}

function selectSets(db: Db) {
  return db
    .selectFrom("policy_sets as s")
    .innerJoin("organizations as o", "o.id", "s.organization_id")
    .selectAll("s")
    .select("o.name as organization_name");
}

/** False when the organization has a policy set of this name already. */
export async function insertPolicySet(tx: Tx, set: PolicySet): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("policy_sets")
    .values({
      id: set.id,
      organization_id: set.organizationId,
      kind: set.kind,
      created_at: set.createdAt,
      ...toColumns(set),
    })
    .onConflict((c) => c.columns(["organization_id", "name"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Throws when the name is taken. The caller has locked it. */
export async function savePolicySet(tx: Tx, set: PolicySet): Promise<void> {
  await tx.updateTable("policy_sets").set(toColumns(set)).where("id", "=", set.id).execute();
}

export async function listSetIdsOf(db: Db, organizationId: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("policy_sets")
    .select("id")
    .where("organization_id", "=", organizationId)
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function deletePolicySetRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("policy_sets").where("id", "=", id).execute();
}

export async function findPolicySet(db: Db, id: string): Promise<PolicySet | undefined> {
  const row = await selectSets(db).where("s.id", "=", id).executeTakeFirst();
  return row && toPolicySet(row);
}

/** Locks the set until the transaction ends. */
export async function lockPolicySet(tx: Tx, id: string): Promise<PolicySet | undefined> {
  const row = await tx
    .selectFrom("policy_sets")
    .select("id")
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && findPolicySet(tx, id);
}

export interface PolicySetFilter {
  readonly organizationId: string;
  /** A part of the name. */
  readonly search?: string;
  readonly kind?: string;
  /** Whether its policies come as versions rather than one by one. */
  readonly versioned?: boolean;
}

/** By name. Two statements. */
export async function listPolicySetRows(db: Db, filter: PolicySetFilter, page: Page): Promise<Paged<PolicySet>> {
  const { organizationId, search, kind, versioned } = filter;
  const matching = () => {
    let query = selectSets(db).where("s.organization_id", "=", organizationId);
    if (search !== undefined) query = query.where(containsText("s.name", search));
    if (kind !== undefined) query = query.where("s.kind", "=", kind);
    if (versioned !== undefined) query = query.where("s.current_version_id", versioned ? "is not" : "is", null);
    return query;
  };
  const rows = await matching().orderBy("s.name").limit(page.size).offset(offsetOf(page)).execute();
  const { total } = await db
    .selectFrom(matching().as("m"))
    .select((e) => e.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  return { items: rows.map(toPolicySet), total: Number(total) };
}

/**
 * The sets that apply to a workspace and have policies, by name: global ones, those of its project and its own, less those
 * that exclude it or its project.
 */
export async function listPolicySetsFor(
  db: Db,
  workspace: { readonly id: string; readonly organizationId: string; readonly projectId: string },
): Promise<PolicySet[]> {
  const { id, organizationId, projectId } = workspace;
  const here = (excluded: number) =>
    sql<boolean>`(exists (select 1 from policy_set_workspaces w where w.policy_set_id = s.id and w.workspace_id = ${id} and w.excluded = ${excluded})
      or exists (select 1 from policy_set_projects p where p.policy_set_id = s.id and p.project_id = ${projectId} and p.excluded = ${excluded}))`;
  const rows = await selectSets(db)
    .where("s.organization_id", "=", organizationId)
    .where((e) => e.or([e("s.global", "=", 1), here(0)]))
    .where(sql<boolean>`not ${here(1)}`)
    .where((e) =>
      e.or([
        e("s.current_version_id", "is not", null),
        e.exists(
          e.selectFrom("policy_set_policies as m").select("m.policy_id").whereRef("m.policy_set_id", "=", "s.id"),
        ),
      ]),
    )
    .orderBy("s.name")
    .execute();
  return rows.map(toPolicySet);
}
