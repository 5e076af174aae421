export { makeRunIdentity } from "./run-identity.ts";
export { createTokenIssuer, type TokenIssuer } from "./token-issuer.ts";
