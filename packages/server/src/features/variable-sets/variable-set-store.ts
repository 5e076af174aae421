import { sql, type Selectable } from "kysely";
import { containsText } from "../../db/contains-text.ts";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { inProjects } from "../../db/in-projects.ts";
import type { VariableSets } from "../../db/schema.gen.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { ProjectScope } from "../access/index.ts";
import type { VariableSet } from "./variable-set.ts";

function toVariableSet(row: Selectable<VariableSets> & { project_external_id: string | null }): VariableSet {
  return {
    id: row.id,
    organizationId: row.organization_id,
    parentProjectId: row.project_id,
    parentProjectExternalId: row.project_external_id,
    name: row.name,
    description: row.description,
    global: row.is_global === 1,
    priority: row.has_priority === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function selectSets(db: Db) {
  return db
    .selectFrom("variable_sets")
    .leftJoin("projects", "projects.id", "variable_sets.project_id")
    .selectAll("variable_sets")
    .select("projects.external_id as project_external_id");
}

export async function insertVariableSet(tx: Tx, set: VariableSet): Promise<void> {
  await tx
    .insertInto("variable_sets")
    .values({
      id: set.id,
      organization_id: set.organizationId,
      project_id: set.parentProjectId,
      name: set.name,
      description: set.description,
      is_global: set.global ? 1 : 0,
      has_priority: set.priority ? 1 : 0,
      created_at: set.createdAt,
      updated_at: set.updatedAt,
    })
    .execute();
}

export async function updateVariableSetRow(tx: Tx, set: VariableSet): Promise<void> {
  await tx
    .updateTable("variable_sets")
    .set({
      name: set.name,
      description: set.description,
      is_global: set.global ? 1 : 0,
      has_priority: set.priority ? 1 : 0,
      updated_at: set.updatedAt,
    })
    .where("id", "=", set.id)
    .execute();
}

export async function deleteVariableSetRow(db: Db, id: string): Promise<void> {
  await db.deleteFrom("variable_sets").where("id", "=", id).execute();
}

export async function findVariableSet(db: Db, id: string): Promise<VariableSet | undefined> {
  const row = await selectSets(db).where("variable_sets.id", "=", id).executeTakeFirst();
  return row && toVariableSet(row);
}

/** Its row locked until the transaction ends. */
export async function lockVariableSet(tx: Tx, id: string): Promise<VariableSet | undefined> {
  const row = await tx
    .selectFrom("variable_sets")
    .select("id")
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  return row && findVariableSet(tx, id);
}

export async function countVariableSets(db: Db, organizationId: string): Promise<number> {
  const row = await db
    .selectFrom("variable_sets")
    .select((e) => e.fn.countAll().as("count"))
    .where("organization_id", "=", organizationId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Which sets a list is about. */
export interface VariableSetFilter {
  readonly organizationId: string;
  /** The projects whose own sets are shown; null: all, and those of the organization. */
  readonly projects: ProjectScope;
  /** Of the name, whatever the case. */
  readonly text?: string;
  /** Those that apply to it, the global ones too. */
  readonly appliesToProject?: string;
  readonly appliesToWorkspace?: { readonly id: string; readonly projectId: string };
  /** Those that could be applied to it and are not. */
  readonly applicableToWorkspace?: { readonly id: string; readonly projectId: string };
}

/** One page, by name. Two statements. */
export async function listVariableSets(db: Db, filter: VariableSetFilter, page: Page): Promise<Paged<VariableSet>> {
  const query = filtered(db, filter);
  const rows = await query
    .orderBy("variable_sets.name")
    .orderBy("variable_sets.id")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await query
    .clearSelect()
    .select((e) => e.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  return { items: rows.map(toVariableSet), total: Number(total) };
}

function filtered(db: Db, filter: VariableSetFilter) {
  const { projects, text, appliesToProject, appliesToWorkspace, applicableToWorkspace } = filter;
  let query = selectSets(db).where("variable_sets.organization_id", "=", filter.organizationId);
  if (projects !== null) query = query.where(inProjects("variable_sets.project_id", projects));
  if (text !== undefined) query = query.where(containsText("variable_sets.name", text));
  if (appliesToProject !== undefined) {
    query = query.where(sql<boolean>`(variable_sets.is_global = 1 or ${toProject(appliesToProject)})`);
  }
  if (appliesToWorkspace !== undefined) {
    const { id, projectId } = appliesToWorkspace;
    query = query.where(sql<boolean>`(variable_sets.is_global = 1 or ${toWorkspace(id)} or ${toProject(projectId)})`);
  }
  if (applicableToWorkspace !== undefined) {
    const { id, projectId } = applicableToWorkspace;
    query = query
      .where(sql<boolean>`variable_sets.is_global = 0 and not ${toWorkspace(id)} and not ${toProject(projectId)}`)
      .where(sql<boolean>`(variable_sets.project_id is null or variable_sets.project_id = ${projectId})`);
  }
  return query;
}

/** Whether the set of a statement about `variable_sets` names the workspace. */
export function toWorkspace(workspaceId: string) {
  return sql<boolean>`exists (select 1 from variable_set_workspaces as w where w.variable_set_id = variable_sets.id and w.workspace_id = ${workspaceId})`;
}

/** Whether it names the project. */
export function toProject(projectId: string) {
  return sql<boolean>`exists (select 1 from variable_set_projects as p where p.variable_set_id = variable_sets.id and p.project_id = ${projectId})`;
}
