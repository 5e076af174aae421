import type { Selectable } from "kysely";
import type { Db } from "../../db/database.ts";
import type { Variables } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { openText, sealText, type Sealer } from "../../platform/sealing.ts";
import type { Variable, VariableCategory } from "./variable.ts";

function toVariable(sealer: Sealer, row: Selectable<Variables>): Variable {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    key: row.key,
    category: row.category as VariableCategory,
    value: row.sensitive === 1 ? openText(sealer, row.value, contextOf(row.id)) : row.value,
    description: row.description,
    hcl: row.hcl === 1,
    sensitive: row.sensitive === 1,
    createdAt: row.created_at,
  };
}

function contextOf(id: string): string {
  return `variable:${id}`;
}

function toColumns(sealer: Sealer, variable: Variable) {
  return {
    key: variable.key,
    category: variable.category,
    value: variable.sensitive ? sealText(sealer, variable.value, contextOf(variable.id)) : variable.value,
    description: variable.description,
    hcl: variable.hcl ? 1 : 0,
    sensitive: variable.sensitive ? 1 : 0,
  };
}

export async function insertVariable(db: Db, sealer: Sealer, variable: Variable): Promise<void> {
  await db
    .insertInto("variables")
    .values({
      id: variable.id,
      workspace_id: variable.workspaceId,
      created_at: variable.createdAt satisfies Millis,
      ...toColumns(sealer, variable),
    })
    .execute();
}

export async function updateVariableRow(db: Db, sealer: Sealer, variable: Variable): Promise<void> {
  await db.updateTable("variables").set(toColumns(sealer, variable)).where("id", "=", variable.id).execute();
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
