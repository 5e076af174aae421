import { DomainError } from "../../platform/errors.ts";

/** The exchange of a token was refused, with the reason that its holder is told. */
export function exchangeRefused(reason: string, options?: ErrorOptions): DomainError {
  return new DomainError("unauthenticated", "exchange_refused", reason, options);
}

/**
 * What everybody is told who has not shown a token that the issuer has signed: nobody learns so which providers there are
 * or whom they trust.
 */
export function notTrusted(options?: ErrorOptions): DomainError {
  return exchangeRefused(
    "The workload identity provider does not exist, or this token is not signed by whom it trusts. Check the provider's resource name, its issuer or account, and that the token is whole.",
    options,
  );
}
