import type { Selectable } from "kysely";
import type { Db } from "../../db/database.ts";
import type { Variables } from "../../db/schema.gen.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { StoredVariable, Variable, VariableCategory } from "./variable.ts";

type VariableColumns = Omit<Selectable<Variables>, "workspace_id">;

/** The part of a row that variables have wherever they stand. */
export function toStoredVariable(sealer: Sealer, row: VariableColumns): StoredVariable {
  return {
    id: row.id,
    key: row.key,
    category: row.category as VariableCategory,
    value: row.sensitive === 1 ? openText(sealer, row.value, contextOf(row.id)) : row.value,
    description: row.description,
    hcl: row.hcl === 1,
    sensitive: row.sensitive === 1,
    versionId: row.version_id,
    createdAt: row.created_at,
  };
}

function toVariable(sealer: Sealer, row: Selectable<Variables>): Variable {
  return { ...toStoredVariable(sealer, row), workspaceId: row.workspace_id };
}

function contextOf(id: string): string {
  return `variable:${id}`;
}

/** The columns of {@link toStoredVariable} that a change may write; a sensitive value is sealed. */
export function toVariableColumns(sealer: Sealer, variable: StoredVariable) {
  return {
    key: variable.key,
    category: variable.category,
    value: variable.sensitive ? sealText(sealer, variable.value, contextOf(variable.id)) : variable.value,
    description: variable.description,
    hcl: variable.hcl ? 1 : 0,
    sensitive: variable.sensitive ? 1 : 0,
    version_id: variable.versionId,
  };
}

export async function insertVariable(db: Db, sealer: Sealer, variable: Variable): Promise<void> {
  await db
    .insertInto("variables")
    .values({
      id: variable.id,
      workspace_id: variable.workspaceId,
      created_at: variable.createdAt,
      ...toVariableColumns(sealer, variable),
    })
    .execute();
}

export async function updateVariableRow(db: Db, sealer: Sealer, variable: Variable): Promise<void> {
  await db.updateTable("variables").set(toVariableColumns(sealer, variable)).where("id", "=", variable.id).execute();
}

export async function deleteVariableRow(db: Db, id: string): Promise<void> {
  await db.deleteFrom("variables").where("id", "=", id).execute();
}

export async function findVariable(
  db: Db,
  sealer: Sealer,
  workspaceId: string,
  id: string,
): Promise<Variable | undefined> {
  const row = await db
    .selectFrom("variables")
    .selectAll()
    .where("workspace_id", "=", workspaceId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && toVariable(sealer, row);
}

/** All of them, by key, with clear values: for runs. What is shown to people goes through a presenter that hides them. */
export async function listVariables(db: Db, sealer: Sealer, workspaceId: string): Promise<Variable[]> {
  const rows = await db
    .selectFrom("variables")
    .selectAll()
    .where("workspace_id", "=", workspaceId)
    .orderBy("key")
    .orderBy("category")
    .execute();
  return rows.map((row) => toVariable(sealer, row));
}

/** The ids of several workspaces' own variables, oldest first. One statement. */
export async function listVariableIds(
  db: Db,
  workspaceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = new Map<string, string[]>(workspaceIds.map((id) => [id, []]));
  if (workspaceIds.length === 0) return ids;
  const rows = await db
    .selectFrom("variables")
    .select(["id", "workspace_id"])
    .where("workspace_id", "in", workspaceIds)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  for (const row of rows) ids.get(row.workspace_id)?.push(row.id);
  return ids;
}
