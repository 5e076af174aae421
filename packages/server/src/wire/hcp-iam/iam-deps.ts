import type { ServicePrincipalDeps } from "../../features/principals/index.ts";
import type { WorkloadIdentityDeps } from "../../features/workload-identity/index.ts";
import type { PageSigner } from "../../platform/page-signer.ts";
import type { TokenLimits } from "../shared/token-limits.ts";

export interface HcpIamDeps extends ServicePrincipalDeps, Omit<WorkloadIdentityDeps, "exchanges"> {
  readonly pageSigner: PageSigner;
  readonly tokenLimits: TokenLimits;
}
