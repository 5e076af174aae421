export { exchangeToken, type ForeignToken, type WorkloadIdentityDeps } from "./exchange-token.ts";
export { changeProvider, createProvider, deleteProvider, getProvider, listProviders } from "./manage-providers.ts";
export {
  providerResourceName,
  type ProviderContent,
  type ProviderRef,
  type TokenSource,
  type WorkloadIdentityProvider,
} from "./provider.ts";
export { createOidcVerifier, type OidcVerifier } from "./verify-oidc.ts";
