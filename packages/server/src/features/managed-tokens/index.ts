export {
  createOrganizationToken,
  createTeamToken,
  createUserToken,
  endToken,
  getOrganizationToken,
  getTeamToken,
  getToken,
  listOrganizationTokens,
  listTeamTokens,
  listTokensOfTeam,
  listUserTokens,
  tokenNotFound,
  type ManagedTokenDeps,
  type MadeToken,
  type TokenRequest,
} from "./manage-tokens.ts";
export type { ShownToken, TokenOrder } from "./managed-token-store.ts";
