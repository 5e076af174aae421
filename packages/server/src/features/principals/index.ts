export { claimPerson, isAddressTrusted, trustAddress } from "./invited-person-store.ts";
export { createRunnerToken } from "./create-runner-token.ts";
export {
  findPrincipals,
  listUsersByEmail,
  searchPrincipals,
  type PrincipalHit,
  type PrincipalSearch,
} from "./find-principals-store.ts";
export {
  createKey,
  createServicePrincipal,
  deleteKey,
  deleteServicePrincipal,
  getServicePrincipal,
  listServicePrincipals,
  lockServicePrincipalOf,
  type ServicePrincipalDeps,
} from "./manage-service-principals.ts";
export {
  createServicePrincipalKey,
  findPersonByEmail,
  findPersons,
  findPrincipal,
  findPrincipalByKey,
  findRunnerByName,
  insertPrincipal,
  isNameTaken,
  type NewPrincipal,
  type Principal,
  type ServicePrincipalKey,
} from "./principal-store.ts";
export { findServicePrincipal } from "./service-principal-store.ts";
export {
  parsePrincipalName,
  servicePrincipalNotFound,
  type PrincipalParent,
  type ServicePrincipal,
  type ServicePrincipalRef,
  type ShownKey,
} from "./service-principal.ts";
export { checkUserName, getFellow, updatePerson, userNotFound } from "./persons.ts";
