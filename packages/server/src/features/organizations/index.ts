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
  listOrganizations,
  lockOrganization,
  markOrganizationDeleted,
  saveOrganization,
  type Organization,
} from "./organization-store.ts";
export {
  changeSettings,
  checkEmail,
  checkOrganizationName,
  settingsAtFirst,
  type DefaultExecutionMode,
  type OrganizationChange,
  type OrganizationSettings,
} from "./organization-settings.ts";
export {
  getOrganization,
  getWholeOrganization,
  organizationExists,
  organizationNotFound,
  renameOrganization,
} from "./rename-organization.ts";
