export {
  createVariable,
  deleteVariable,
  getVariable,
  listWorkspaceVariables,
  updateVariable,
  type NewVariable,
  type VariableDeps,
} from "./edit-variables.ts";
export { listVariables } from "./variable-store.ts";
export type { Variable, VariableCategory } from "./variable.ts";
