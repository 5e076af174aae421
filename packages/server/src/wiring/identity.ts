import { createTokenIssuer, type TokenIssuer } from "../features/run-identity/index.ts";
import { createIssuerPlanes } from "../wire/issuer/index.ts";
import type { Foundation, Parts } from "./foundation.ts";

export interface IdentityParts extends Parts {
  readonly issuer: TokenIssuer;
}

const dayMs = 86_400_000;
const tendEveryMs = 60_000;

/** What other systems know runs by: the issuer of their tokens. */
export function wireIdentity(foundation: Foundation): IdentityParts {
  const { db, sealer, now, publicUrl, config } = foundation;
  const rotateMs = config["identity-key-days"] * dayMs;
  const issuer = createTokenIssuer({ db, sealer, now, publicUrl, rotateMs });
  return {
    planes: createIssuerPlanes({ issuer, publicUrl }),
    jobHandlers: {},
    sweeps: [{ name: "identity-keys", everyMs: tendEveryMs, run: () => issuer.tend() }],
    issuer,
  };
}
