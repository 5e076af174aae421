import { createOidcVerifier } from "../features/workload-identity/index.ts";
import { createHcpIamPlane } from "../wire/hcp-iam/index.ts";
import type { Plane } from "../wire/shared/plane.ts";
import type { Foundation } from "./foundation.ts";

/** Service principals, workload identity, groups and users. */
export function wireIam({ db, now, pageSigner, outbound, config }: Foundation): Plane {
  return createHcpIamPlane({
    db,
    now,
    pageSigner,
    outbound,
    oidc: createOidcVerifier({ outbound, now }),
    servicePrincipalsMax: config["service-principals-max"],
  });
}
