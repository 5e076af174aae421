import type { ServicePrincipalDeps } from "../../features/principals/index.ts";
import type { WorkloadIdentityDeps } from "../../features/workload-identity/index.ts";
import type { PageSigner } from "../../platform/page-signer.ts";

export interface HcpIamDeps extends ServicePrincipalDeps, WorkloadIdentityDeps {
  readonly pageSigner: PageSigner;
}
