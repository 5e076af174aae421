export {
  actingIn,
  actingWith,
  bucketScope,
  bucketsInScope,
  canSee,
  checkOrganizationWide,
  isIn,
  may,
  mayAnywhere,
  projectScope,
  roleNames,
  roleTooLow,
  workScope,
  type Actor,
  type ActorKind,
  type BucketScope,
  type Credential,
  type Grant,
  type Place,
  type ProjectScope,
  type Where,
  type WorkScope,
} from "./actor.ts";
export { ensurePolicy, grantRole, ownersTeam, resourceKey, type Member, type PolicyResource } from "./grant-store.ts";
export { permissions, type Permission } from "./permissions.ts";
export { assignableRoles, roleMay, roles, type AssignableRole, type BindingLevel, type Role } from "./roles.ts";
export {
  createToken,
  deleteAssessmentTokens,
  deleteExpiredTokens,
  deletePrincipalTokens,
  deleteRunTokens,
  deleteToken,
  findActorByToken,
  findTokenExpiry,
  startSession,
  type NewToken,
} from "./token-store.ts";
