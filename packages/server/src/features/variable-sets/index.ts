export { listMembers, type SetMembers, type TargetKind } from "./application-store.ts";
export {
  changeSetVariable,
  createSetVariable,
  deleteSetVariable,
  getSetVariable,
  pageSetVariables,
} from "./edit-set-variables.ts";
export { listEffectiveVariables } from "./list-effective-variables.ts";
export {
  applyVariableSet,
  changeVariableSet,
  createVariableSet,
  deleteVariableSet,
  getVariableSet,
  type NewVariableSet,
  type VariableSetChange,
} from "./manage-variable-sets.ts";
export type { AppliedVariable, EffectiveVariable } from "./precedence.ts";
export { listVariableSets, type VariableSetFilter } from "./variable-set-store.ts";
export type { SetVariable, VariableSet } from "./variable-set.ts";
