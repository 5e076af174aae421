import type { Selectable } from "kysely";
import { toStoredVariable, toVariableColumns } from "../variables/index.ts";
import type { Db, Tx } from "../../db/database.ts";
import type { VariableSetVariables } from "../../db/schema.gen.ts";
import { offsetOf, type Page, type Paged } from "../../platform/paging.ts";
import type { Sealer } from "../../platform/sealing.ts";
import type { AppliedVariable } from "./precedence.ts";
import type { SetVariable } from "./variable-set.ts";
import { toProject, toWorkspace } from "./variable-set-store.ts";

function toSetVariable(sealer: Sealer, row: Selectable<VariableSetVariables>): SetVariable {
  return { ...toStoredVariable(sealer, row), variableSetId: row.variable_set_id };
}

/** Throws a unique violation for a key that is taken. */
export async function insertSetVariable(tx: Tx, sealer: Sealer, variable: SetVariable): Promise<void> {
  await tx
    .insertInto("variable_set_variables")
    .values({
      id: variable.id,
      variable_set_id: variable.variableSetId,
      created_at: variable.createdAt,
      ...toVariableColumns(sealer, variable),
    })
    .execute();
}

/** Throws a unique violation for a key that is taken. */
export async function updateSetVariable(tx: Tx, sealer: Sealer, variable: SetVariable): Promise<void> {
  await tx
    .updateTable("variable_set_variables")
    .set(toVariableColumns(sealer, variable))
    .where("id", "=", variable.id)
    .execute();
}

export async function deleteSetVariableRow(db: Db, id: string): Promise<void> {
  await db.deleteFrom("variable_set_variables").where("id", "=", id).execute();
}

export async function findSetVariable(
  db: Db,
  sealer: Sealer,
  setId: string,
  id: string,
): Promise<SetVariable | undefined> {
  const row = await db
    .selectFrom("variable_set_variables")
    .selectAll()
    .where("variable_set_id", "=", setId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toSetVariable(sealer, row);
}

/** One page, by key. Two statements. */
export async function listSetVariables(db: Db, sealer: Sealer, setId: string, page: Page): Promise<Paged<SetVariable>> {
  const query = db.selectFrom("variable_set_variables").where("variable_set_id", "=", setId);
  const rows = await query
    .selectAll()
    .orderBy("key")
    .orderBy("category")
    .limit(page.size)
    .offset(offsetOf(page))
    .execute();
  const { total } = await query.select((e) => e.fn.countAll().as("total")).executeTakeFirstOrThrow();
  return { items: rows.map((row) => toSetVariable(sealer, row)), total: Number(total) };
}

/** A key that another global set gives too. Source: HCP Terraform API, variable sets. */
export async function findGlobalConflict(
  tx: Tx,
  set: { readonly id: string; readonly organizationId: string },
): Promise<{ readonly key: string; readonly setName: string } | undefined> {
  const row = await tx
    .selectFrom("variable_set_variables as mine")
    .innerJoin("variable_set_variables as other", (join) =>
      join.onRef("other.key", "=", "mine.key").onRef("other.category", "=", "mine.category"),
    )
    .innerJoin("variable_sets as s", "s.id", "other.variable_set_id")
    .select(["mine.key", "s.name"])
    .where("mine.variable_set_id", "=", set.id)
    .where("s.organization_id", "=", set.organizationId)
    .where("s.is_global", "=", 1)
    .where("s.id", "!=", set.id)
    .limit(1)
    .executeTakeFirst();
  return row && { key: row.key, setName: row.name };
}

/** Those of every set that applies to the workspace, with how it does. One statement. */
export async function listAppliedVariables(
  db: Db,
  sealer: Sealer,
  workspace: { readonly id: string; readonly organizationId: string; readonly projectId: string },
): Promise<AppliedVariable[]> {
  const byName = toWorkspace(workspace.id);
  const byProject = toProject(workspace.projectId);
  const rows = await db
    .selectFrom("variable_sets")
    .innerJoin("variable_set_variables", "variable_set_variables.variable_set_id", "variable_sets.id")
    .selectAll("variable_set_variables")
    .select([
      "variable_sets.name as set_name",
      "variable_sets.is_global",
      "variable_sets.has_priority",
      "variable_sets.project_id as owner_id",
      byName.as("to_workspace"),
      byProject.as("to_project"),
    ])
    .where("variable_sets.organization_id", "=", workspace.organizationId)
    .where((e) => e.or([e("variable_sets.is_global", "=", 1), byName, byProject]))
    .orderBy("variable_set_variables.id")
    .execute();
  return rows.map((row) => ({
    ...toSetVariable(sealer, row),
    setName: row.set_name,
    application: {
      global: row.is_global === 1,
      priority: row.has_priority === 1,
      // SQLite has no booleans.
      toWorkspace: Boolean(row.to_workspace),
      toProject: Boolean(row.to_project),
      ownedByProject: row.owner_id !== null,
    },
  }));
}
