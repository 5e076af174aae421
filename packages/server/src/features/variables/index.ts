export {
  createVariable,
  deleteVariable,
  getVariable,
  listWorkspaceVariables,
  refuseTakenKey,
  updateVariable,
  updateVariables,
  type NewVariable,
  type VariableDeps,
} from "./edit-variables.ts";
export { listVariableIds, listVariables, toStoredVariable, toVariableColumns } from "./variable-store.ts";
export {
  changeVariable,
  newVariable,
  type StoredVariable,
  type Variable,
  type VariableCategory,
  type VariableContent,
} from "./variable.ts";
