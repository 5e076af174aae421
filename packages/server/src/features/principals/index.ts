export {
  createServicePrincipalKey,
  findPrincipal,
  findPrincipalByKey,
  findRunnerByName,
  insertPrincipal,
  type NewPrincipal,
  type Principal,
  type ServicePrincipalKey,
} from "./principal-store.ts";
