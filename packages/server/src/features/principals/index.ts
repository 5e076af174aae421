export { createRunnerToken } from "./create-runner-token.ts";
export {
  createServicePrincipalKey,
  findPrincipal,
  findPrincipalByKey,
  insertPrincipal,
  type NewPrincipal,
  type Principal,
  type ServicePrincipalKey,
} from "./principal-store.ts";
