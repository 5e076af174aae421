import type { RateLimit } from "../../platform/rate-limit.ts";

/**
 * How often tokens can be asked for, with a secret or with a token of elsewhere. Whoever is known is counted by its client
 * id, or by the resource name of the workload identity provider that trusts it; whoever is not by its address, where a wrong
 * secret counts twice, since clients try two ways. So nobody is kept out by what others get wrong. Source: golang/oauth2,
 * internal/token.go.
 */
export interface TokenLimits {
  readonly ofClient: RateLimit;
  readonly ofAddress: RateLimit;
}
