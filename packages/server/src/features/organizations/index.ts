export {
  constraints,
  isConstraintEnabled,
  getControlPolicy,
  setControlPolicy,
  type Constraint,
  type ControlPolicy,
} from "./control-policy.ts";
export {
  findOrganization,
  findOrganizationByName,
  insertOrganization,
  lockOrganization,
  setAssessmentsEnforced,
  type Organization,
} from "./organization-store.ts";
export {
  getOrganization,
  getWholeOrganization,
  organizationNotFound,
  renameOrganization,
} from "./rename-organization.ts";
