export { canSee, may, type Actor, type ActorKind, type Credential, type Place } from "./actor.ts";
export { permissions, roleMay, type Permission, type Role } from "./permissions.ts";
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
