import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import type { RateLimit } from "../../platform/rate-limit.ts";
import { createToken } from "../access/index.ts";
import { isMet, parseCondition, type Facts } from "./condition.ts";
import { providerResourceName, rootOf, type ProviderRef, type WorkloadIdentityProvider } from "./provider.ts";
import { findProviderByRef, lockProvider } from "./provider-store.ts";
import { exchangeRefused, notTrusted } from "./refusal.ts";
import { askAws, type SignedAwsRequest } from "./verify-aws.ts";
import type { OidcVerifier } from "./verify-oidc.ts";

export interface WorkloadIdentityDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly outbound: OutboundClient;
  readonly oidc: OidcVerifier;
  /** How often each provider, by its resource name, gives tokens. */
  readonly exchanges: RateLimit;
}

/** What somebody shows: a token of an issuer, or a request that AWS can tell the signer of. */
export type ForeignToken =
  { readonly kind: "jwt"; readonly jwt: string } | { readonly kind: "aws"; readonly request: SignedAwsRequest };

const tokenLifeMs = 3_600_000;

/**
 * Gives a token of the service principal, for an hour, to whoever shows a token of elsewhere that its provider trusts.
 * Errors: unauthenticated/exchange_refused, throttled/too_many_requests, unavailable/issuer_unavailable,
 * unavailable/aws_unavailable.
 */
export async function exchangeToken(
  deps: WorkloadIdentityDeps,
  ref: ProviderRef,
  token: ForeignToken,
): Promise<{ readonly secret: string; readonly secondsLeft: number }> {
  const found = await findProviderByRef(deps.db, ref);
  if (found === undefined) throw notTrusted();
  const { provider, organizationId } = found;
  const resourceName = providerResourceName(ref);
  const facts = await readFacts(deps, provider, resourceName, token);
  if (!isMet(parseCondition(provider.conditionalAccess, rootOf(provider.source)), facts)) {
    throw exchangeRefused(
      "The token does not meet the conditional access statement of the workload identity provider.",
    );
  }
  deps.exchanges.take(resourceName, deps.now());
  return deps.db.transaction().execute(async (tx) => {
    // What was trusted when the question was asked must be trusted now.
    const current = await lockProvider(tx, provider.id);
    if (current?.updatedAt !== provider.updatedAt) {
      throw new DomainError("unavailable", "provider_changed", "The provider was changed at this moment. Try again.");
    }
    const now = deps.now();
    const secret = await createToken(
      tx,
      {
        organizationId,
        projectId: null,
        principalId: provider.principalId,
        providerId: provider.id,
        name: `workload identity ${provider.name}`,
        expiresAt: now + tokenLifeMs,
      },
      now,
    );
    return { secret, secondsLeft: tokenLifeMs / 1000 };
  });
}

async function readFacts(
  deps: WorkloadIdentityDeps,
  { source }: WorkloadIdentityProvider,
  resourceName: string,
  token: ForeignToken,
): Promise<Facts> {
  if (source.kind === "oidc" && token.kind === "jwt") {
    const audiences = source.allowedAudiences.length === 0 ? [resourceName] : source.allowedAudiences;
    return { jwt_claims: await deps.oidc.verify(token.jwt, { issuerUri: source.issuerUri, audiences }) };
  }
  if (source.kind === "aws" && token.kind === "aws") {
    const caller = await askAws(deps.outbound, token.request, resourceName);
    if (caller.account_id !== source.accountId) throw notTrusted();
    return { aws: caller };
  }
  throw notTrusted();
}
