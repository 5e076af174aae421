import { createLocalJWKSet, decodeJwt, errors, jwtVerify, type JSONWebKeySet, type JWK, type JWTPayload } from "jose";
import type { Clock, Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { OutboundClient } from "../../platform/outbound/index.ts";
import { exchangeRefused, notTrusted } from "./refusal.ts";

export interface OidcDeps {
  readonly outbound: OutboundClient;
  readonly now: Clock;
  /** The issuer that this server is itself: its keys are not asked for over the network. */
  readonly own?: { readonly uri: () => string; readonly publicKeys: () => Promise<JWK[]> };
}

export interface OidcTrust {
  readonly issuerUri: string;
  /** What the claim `aud` must have one of. */
  readonly audiences: readonly string[];
}

/** Gives the claims of a token that the issuer has signed for one of the audiences and that has not ended. */
export interface OidcVerifier {
  /** Errors: unauthenticated/exchange_refused, unavailable/issuer_unavailable. */
  verify(token: string, trust: OidcTrust): Promise<JWTPayload>;
}

const issuersKept = 200;
const keysKeptMs = 600_000;
// How soon an issuer is asked again after a failure, or for a key that it did not have a moment ago.
const askAgainMs = 30_000;
const clockSkewSeconds = 30;
// Azure's keys with their certificates have some 30 KiB.
const documentBytesMax = 256 * 1024;
// Clients give an exchange 10 s in all. Source: hcp-sdk-go, auth/workload/provider.go.
const requestMs = 4000;
// Never a symmetric one: keys that everybody can read sign nothing.
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

interface KnownIssuer {
  readonly keys: Promise<ReturnType<typeof createLocalJWKSet>>;
  readonly askedAt: Millis;
  failed: boolean;
}

/** Remembers the keys of the issuers used last, so that a token costs no request, nor a missing issuer one for each. */
export function createOidcVerifier(deps: OidcDeps): OidcVerifier {
  const known = new Map<string, KnownIssuer>();

  function keysOf(issuer: string, notBefore: Millis): KnownIssuer {
    const found = known.get(issuer);
    const now = deps.now();
    const goodFor = found?.failed === true ? askAgainMs : keysKeptMs;
    known.delete(issuer);
    const entry =
      found !== undefined && found.askedAt >= notBefore && found.askedAt > now - goodFor
        ? found
        : ask(deps, issuer, now);
    // The one used last is at the end; the first is forgotten.
    known.set(issuer, entry);
    for (const oldest of known.keys()) {
      if (known.size <= issuersKept) break;
      known.delete(oldest);
    }
    return entry;
  }

  return {
    async verify(token, trust) {
      const issuer = canonicalIssuer(trust.issuerUri);
      if (canonicalIssuer(claimedIssuer(token)) !== issuer) throw notTrusted();
      const first = keysOf(issuer, 0);
      try {
        return await verifyWith(await first.keys, token, issuer, trust.audiences, deps.now());
      } catch (error) {
        const now = deps.now();
        if (!(error instanceof errors.JWKSNoMatchingKey) || first.askedAt > now - askAgainMs)
          throw refusalOf(error, trust);
      }
      // The issuer may have new keys since it was asked last.
      try {
        const again = keysOf(issuer, first.askedAt + 1);
        return await verifyWith(await again.keys, token, issuer, trust.audiences, deps.now());
      } catch (error) {
        throw refusalOf(error, trust);
      }
    },
  };
}

function ask(deps: OidcDeps, issuer: string, now: Millis): KnownIssuer {
  const { own } = deps;
  const keys =
    own !== undefined && canonicalIssuer(own.uri()) === issuer
      ? own.publicKeys().then((keys) => createLocalJWKSet({ keys }))
      : readKeys(deps.outbound, issuer);
  const entry: KnownIssuer = { keys, askedAt: now, failed: false };
  entry.keys.catch(() => {
    entry.failed = true;
  });
  return entry;
}

async function verifyWith(
  keys: ReturnType<typeof createLocalJWKSet>,
  token: string,
  issuer: string,
  audiences: readonly string[],
  now: Millis,
): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, keys, {
    // Azure writes its issuers with a slash at the end, people configure them without.
    issuer: [issuer, `${issuer}/`],
    audience: [...audiences],
    algorithms,
    requiredClaims: ["exp"],
    clockTolerance: clockSkewSeconds,
    currentDate: new Date(now),
  });
  return payload;
}

function canonicalIssuer(uri: string): string {
  return uri.replace(/\/$/, "");
}

function claimedIssuer(token: string): string {
  try {
    return decodeJwt(token).iss ?? "";
  } catch (error) {
    throw notTrusted({ cause: error });
  }
}

/** Says more once the signature was right: that is checked before any claim. */
function refusalOf(error: unknown, { audiences }: OidcTrust): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof errors.JWTExpired) return exchangeRefused("The token has ended. Get a new one from the issuer.");
  if (error instanceof errors.JWTClaimValidationFailed) {
    const what =
      error.claim === "aud" ? ` This provider accepts the audience ${audiences.slice(0, 5).join(", ")}.` : "";
    return exchangeRefused(`The token's claim ${error.claim} is not accepted.${what}`);
  }
  return notTrusted({ cause: error });
}

/** OpenID Connect Discovery 1.0: the issuer's document names its keys. Errors: unavailable/issuer_unavailable. */
async function readKeys(outbound: OutboundClient, issuer: string): Promise<ReturnType<typeof createLocalJWKSet>> {
  const metadata = await readJson(outbound, `${issuer}/.well-known/openid-configuration`);
  const { issuer: named, jwks_uri: keysUri } = metadata as { issuer?: unknown; jwks_uri?: unknown };
  if (typeof named !== "string" || canonicalIssuer(named) !== issuer) {
    throw issuerUnavailable(`Its discovery document is that of another issuer.`);
  }
  if (typeof keysUri !== "string" || !keysUri.startsWith("https://")) {
    throw issuerUnavailable("Its discovery document names no https:// address of its keys.");
  }
  const keys = await readJson(outbound, keysUri);
  try {
    return createLocalJWKSet(keys as JSONWebKeySet);
  } catch (error) {
    throw issuerUnavailable("What it serves as its keys is no key set.", error);
  }
}

async function readJson(outbound: OutboundClient, url: string): Promise<object> {
  const headers = { accept: "application/json" };
  let text: string;
  try {
    const limits = { replyBytesMax: documentBytesMax, timeoutMs: requestMs };
    const reply = await outbound.send({ method: "GET", url, headers, ...limits });
    if (reply.status !== 200) throw issuerUnavailable(`It answered ${reply.status}.`);
    text = reply.body;
  } catch (error) {
    if (error instanceof DomainError && error.code === "issuer_unavailable") throw error;
    throw issuerUnavailable(error instanceof DomainError ? error.message : "It could not be reached.", error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (value === null || typeof value !== "object")
    throw issuerUnavailable("It answered with something else than JSON.");
  return value;
}

function issuerUnavailable(reason: string, cause?: unknown): DomainError {
  return new DomainError(
    "unavailable",
    "issuer_unavailable",
    `The keys of the token's issuer cannot be read. ${reason}`,
    cause === undefined ? undefined : { cause },
  );
}
