import type { TokenIssuer } from "../features/run-identity/index.ts";
import { createOidcVerifier } from "../features/workload-identity/index.ts";
import { createHcpIamPlane } from "../wire/hcp-iam/index.ts";
import type { Plane } from "../wire/shared/plane.ts";
import type { TokenLimits } from "../wire/shared/token-limits.ts";
import type { Foundation } from "./foundation.ts";

/** Service principals, workload identity, groups and users. */
export function wireIam(foundation: Foundation, tokenLimits: TokenLimits, issuer: TokenIssuer): Plane {
  const { db, now, pageSigner, outbound, config, publicUrl } = foundation;
  return createHcpIamPlane({
    db,
    now,
    pageSigner,
    outbound,
    oidc: createOidcVerifier({ outbound, now, own: { uri: publicUrl, publicKeys: () => issuer.publicKeys() } }),
    tokenLimits,
    servicePrincipalsMax: config["service-principals-max"],
  });
}
