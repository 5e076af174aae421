export type {
  AttributeChange,
  ChangeKind,
  Check,
  CheckStatus,
  OutputChange,
  PlanChanges,
  ResourceChange,
} from "./plan-changes.ts";
export { readPlanChanges } from "./read-plan-changes.ts";
