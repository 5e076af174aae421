import type { Actor } from "../access/index.ts";
import { findWorkspace, visibleWorkspace } from "../workspaces/index.ts";
import { isUniqueViolation, type Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Sealer } from "../../platform/sealing.ts";
import { deleteVariableRow, findVariable, insertVariable, listVariables, updateVariableRow } from "./variable-store.ts";
import { changeVariable, newVariable, type Variable, type VariableContent } from "./variable.ts";

export interface VariableDeps {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: Clock;
}

export type NewVariable = VariableContent;

/** Errors: not_found/workspace_not_found. */
export async function listWorkspaceVariables(
  deps: VariableDeps,
  actor: Actor,
  workspaceId: string,
): Promise<Variable[]> {
  visibleWorkspace(actor, await findWorkspace(deps.db, workspaceId));
  return listVariables(deps.db, deps.sealer, workspaceId);
}

/** Errors: invalid/variable_key, invalid/key_taken, not_found/workspace_not_found. */
export async function createVariable(
  deps: VariableDeps,
  actor: Actor,
  workspaceId: string,
  input: NewVariable,
): Promise<Variable> {
  const stored = newVariable(input, deps.now());
  visibleWorkspace(actor, await findWorkspace(deps.db, workspaceId));
  const variable: Variable = { ...stored, workspaceId };
  await insertVariable(deps.db, deps.sealer, variable).catch(refuseTakenKey);
  return variable;
}

/** Errors: not_found/variable_not_found, not_found/workspace_not_found. */
export async function getVariable(
  deps: VariableDeps,
  actor: Actor,
  workspaceId: string,
  id: string,
): Promise<Variable> {
  visibleWorkspace(actor, await findWorkspace(deps.db, workspaceId));
  const variable = await findVariable(deps.db, deps.sealer, workspaceId, id);
  if (variable === undefined) {
    throw new DomainError("not_found", "variable_not_found", "There is no such variable in this workspace.");
  }
  return variable;
}

/** Changes what is given. Errors: as for creating, and invalid/variable_stays_sensitive. */
export async function updateVariable(
  deps: VariableDeps,
  actor: Actor,
  workspaceId: string,
  id: string,
  change: Partial<NewVariable>,
): Promise<Variable> {
  const existing = await getVariable(deps, actor, workspaceId, id);
  const next = changeVariable(existing, change);
  await updateVariableRow(deps.db, deps.sealer, next).catch(refuseTakenKey);
  return next;
}

/** Changes several variables, all or none. Errors: as for changing one. */
export async function updateVariables(
  deps: VariableDeps,
  actor: Actor,
  workspaceId: string,
  changes: readonly { readonly id: string; readonly change: Partial<NewVariable> }[],
): Promise<void> {
  visibleWorkspace(actor, await findWorkspace(deps.db, workspaceId));
  await deps.db.transaction().execute(async (tx) => {
    for (const { id, change } of changes) await updateVariable({ ...deps, db: tx }, actor, workspaceId, id, change);
  });
}

/** Errors: not_found/variable_not_found, not_found/workspace_not_found. */
export async function deleteVariable(deps: VariableDeps, actor: Actor, workspaceId: string, id: string): Promise<void> {
  await getVariable(deps, actor, workspaceId, id);
  await deleteVariableRow(deps.db, id);
}

/** Errors: invalid/key_taken. */
export function refuseTakenKey(error: unknown): never {
  if (isUniqueViolation(error)) throw new DomainError("invalid", "key_taken", "Key has already been taken");
  throw error;
}
