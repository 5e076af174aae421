import type { Actor } from "../access/index.ts";
import { lockOrganization } from "../organizations/index.ts";
import {
  changeVariable,
  newVariable,
  refuseTakenKey,
  type VariableContent,
  type VariableDeps,
} from "../variables/index.ts";
import type { Tx } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Page, Paged } from "../../platform/paging.ts";
import { checkGlobalKeys, getVariableSet } from "./manage-variable-sets.ts";
import {
  deleteSetVariableRow,
  findSetVariable,
  insertSetVariable,
  listSetVariables,
  updateSetVariable,
} from "./set-variable-store.ts";
import { lockVariableSet } from "./variable-set-store.ts";
import { variableSetNotFound, type SetVariable, type VariableSet } from "./variable-set.ts";

/** Errors: not_found/variable_set_not_found. */
export async function pageSetVariables(
  deps: VariableDeps,
  actor: Actor,
  setId: string,
  page: Page,
): Promise<Paged<SetVariable>> {
  await getVariableSet(deps.db, actor, setId);
  return listSetVariables(deps.db, deps.sealer, setId, page);
}

/** Errors: not_found/variable_set_not_found, not_found/variable_not_found. */
export async function getSetVariable(
  deps: VariableDeps,
  actor: Actor,
  setId: string,
  id: string,
): Promise<SetVariable> {
  await getVariableSet(deps.db, actor, setId);
  const variable = await findSetVariable(deps.db, deps.sealer, setId, id);
  if (variable === undefined) {
    throw new DomainError("not_found", "variable_not_found", "There is no such variable in this variable set.");
  }
  return variable;
}

/** Errors: those of {@link newVariable}, invalid/key_taken, invalid/global_key_taken, not_found/variable_set_not_found. */
export async function createSetVariable(
  deps: VariableDeps,
  actor: Actor,
  setId: string,
  content: VariableContent,
): Promise<SetVariable> {
  const variable: SetVariable = { ...newVariable(content, deps.now()), variableSetId: setId };
  return deps.db
    .transaction()
    .execute(async (tx) => {
      const set = await lockedSet(tx, actor, setId);
      await insertSetVariable(tx, deps.sealer, variable);
      await checkGlobalKeys(tx, set);
      return variable;
    })
    .catch(refuseTakenKey);
}

/** Errors: as for creating, invalid/variable_stays_sensitive, not_found/variable_not_found. */
export async function changeSetVariable(
  deps: VariableDeps,
  actor: Actor,
  setId: string,
  id: string,
  change: Partial<VariableContent>,
): Promise<SetVariable> {
  return deps.db
    .transaction()
    .execute(async (tx) => {
      const set = await lockedSet(tx, actor, setId);
      const next = changeVariable(await getSetVariable({ ...deps, db: tx }, actor, setId, id), change);
      await updateSetVariable(tx, deps.sealer, next);
      await checkGlobalKeys(tx, set);
      return next;
    })
    .catch(refuseTakenKey);
}

/** Errors: not_found/variable_set_not_found, not_found/variable_not_found. */
export async function deleteSetVariable(deps: VariableDeps, actor: Actor, setId: string, id: string): Promise<void> {
  const variable = await getSetVariable(deps, actor, setId, id);
  await deleteSetVariableRow(deps.db, variable.id);
}

/** Of two that give a global key at the same moment one comes first. */
async function lockedSet(tx: Tx, actor: Actor, setId: string): Promise<VariableSet> {
  const { organizationId } = await getVariableSet(tx, actor, setId);
  await lockOrganization(tx, organizationId);
  const set = await lockVariableSet(tx, setId);
  if (set === undefined) throw variableSetNotFound();
  return set;
}
