import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Db } from "../../db/database.ts";
import { createToken, findActorByToken, findTokenExpiry } from "../../features/access/index.ts";
import { redeemLoginCode } from "../../features/logins/index.ts";
import { findPrincipal, findPrincipalByKey } from "../../features/principals/index.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import { DomainError, type ErrorKind } from "../../platform/errors.ts";
import { TooManyRequests } from "../../platform/rate-limit.ts";
import type { ActNote } from "../shared/audited.ts";
import { ok, type Call, type ErrorDocument, type Plane, type Reply } from "../shared/plane.ts";
import type { TokenLimits } from "../shared/token-limits.ts";
import { clientCredentials, type ClientCredentials } from "./client-credentials.ts";

export interface HcpAuthDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly tokenLimits: TokenLimits;
}

// Clients keep a token until it ends and never ask whether it was revoked. Source: hcp-sdk-go, auth/tokencache.
const tokenLifeMs = 3_600_000;
// A constant of the SDK, whatever server it is pointed at. Source: hcp-sdk-go, config/tokensource.go.
const audience = "https://api.hashicorp.cloud";

/** The OAuth2 token endpoint: client credentials, and the codes of a login by browser. Tokens are opaque to every client. */
export function createHcpAuthPlane(deps: HcpAuthDeps): Plane {
  return {
    name: "hcp-auth",
    prefixes: ["/oauth2"],
    routes: [
      {
        method: "POST",
        path: "/token",
        needs: "public",
        audit: "token.create",
        body: Type.Record(Type.String(), Type.String()),
        bodyBytesMax: 16 << 10,
        async handle({ request, body, note }) {
          const form = body as Record<string, string>;
          if (form["grant_type"] === "authorization_code") return redeem(deps, form, request, note);
          checkGrant(form);
          const credentials = clientCredentials(request, form);
          note({ detail: { client_id: clientIdOf(credentials) } });
          const token = credentials && (await mintToken(deps, credentials));
          if (token === undefined) {
            deps.tokenLimits.ofAddress.take(request.ip, deps.now());
            throw invalidClient();
          }
          note({ actor: token.holder });
          return ok({ access_token: token.secret, token_type: "Bearer", expires_in: token.secondsLeft });
        },
      },
    ],
    // Anything else makes the client read the answer as a query string. Source: golang/oauth2, internal/token.go.
    contentType: "application/json",
    jsonTypes: [],
    formBodies: true,
    headers: { "cache-control": "no-store", pragma: "no-cache" },
    authenticate: () => Promise.resolve(undefined),
    presentError: presentOauthError,
    unknownPath: (request) =>
      new DomainError("not_found", "no_such_path", `Nothing is served at ${request.url.split("?")[0] ?? ""}.`),
  };
}

/** The last step of `terraform login`. Source: terraform, internal/command/login.go. */
async function redeem(
  deps: HcpAuthDeps,
  form: Readonly<Record<string, string>>,
  request: FastifyRequest,
  note: Call["note"],
): Promise<Reply> {
  try {
    const { token, holder } = await redeemLoginCode(deps, form, request.headers["user-agent"]);
    const principal = await findPrincipal(deps.db, holder.principalId);
    if (principal !== undefined) note({ actor: { ...principal, organizationId: holder.organizationId } });
    // Without an end: the command line knows no other token and would not ask again.
    return ok({ access_token: token, token_type: "bearer" });
  } catch (error) {
    if (error instanceof DomainError) deps.tokenLimits.ofAddress.take(request.ip, deps.now());
    throw error;
  }
}

function checkGrant(form: Readonly<Record<string, string>>): void {
  if (form["grant_type"] === undefined) {
    throw new DomainError("invalid", "invalid_request", "The request has no grant_type.");
  }
  if (form["grant_type"] !== "client_credentials") {
    throw new DomainError(
      "invalid",
      "unsupported_grant_type",
      "Only the grant types client_credentials and authorization_code are served.",
    );
  }
  if (form["audience"] !== undefined && form["audience"] !== audience) {
    throw new DomainError("invalid", "invalid_request", `The audience must be ${audience}, or be left out.`);
  }
}

interface MintedToken {
  readonly secret: string;
  readonly secondsLeft: number;
  /** Whose it is. */
  readonly holder: NonNullable<ActNote["actor"]>;
}

async function mintToken(deps: HcpAuthDeps, credentials: ClientCredentials): Promise<MintedToken | undefined> {
  const now = deps.now();
  if (/^(run|ws)-/.test(credentials.clientId)) return passOnRunToken(deps, credentials, now);
  const principal = await findPrincipalByKey(deps.db, credentials);
  if (principal === undefined) return undefined;
  deps.tokenLimits.ofClient.take(credentials.clientId, now);
  const secret = await createToken(
    deps.db,
    {
      organizationId: principal.organizationId,
      // Wherever it has roles, which need not be where it belongs.
      projectId: null,
      principalId: principal.id,
      clientId: credentials.clientId,
      name: "HCP client",
      expiresAt: now + tokenLifeMs,
    },
    now,
  );
  return { secret, secondsLeft: tokenLifeMs / 1000, holder: principal };
}

/**
 * HCP clients inside a run log in with the run's id and its token, and work under that same token: it knows the
 * workspace, and it ends with the run. Those inside an assessment name the workspace instead of a run.
 */
async function passOnRunToken(
  deps: HcpAuthDeps,
  credentials: ClientCredentials,
  now: Millis,
): Promise<MintedToken | undefined> {
  const actor = await findActorByToken(deps.db, credentials.clientSecret, now);
  if (actor?.kind !== "run" || actor.id !== credentials.clientId) return undefined;
  const expiresAt = (await findTokenExpiry(deps.db, credentials.clientSecret)) ?? now + tokenLifeMs;
  return { secret: credentials.clientSecret, secondsLeft: Math.floor((expiresAt - now) / 1000), holder: actor };
}

// Run ids and ids of keys. A secret that somebody sends in its place does not look like one.
const clientIdShape = /^[A-Za-z0-9-]{1,64}$/;

/** As the audit trail may have it. */
function clientIdOf(credentials: ClientCredentials | undefined): string | null {
  return credentials !== undefined && clientIdShape.test(credentials.clientId) ? credentials.clientId : null;
}

function invalidClient(): DomainError {
  return new DomainError(
    "unauthenticated",
    "invalid_client",
    "The client is unknown or its secret is wrong. Check the client id and secret of the service principal.",
  );
}

const statusOf: Record<ErrorKind, number> = {
  invalid: 400,
  precondition: 400,
  conflict: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  too_large: 413,
  unsupported: 415,
  throttled: 429,
  unavailable: 503,
};

/** Errors as RFC 6749, section 5.2, has them. */
function presentOauthError(error: DomainError, _request: FastifyRequest): ErrorDocument {
  return {
    status: statusOf[error.kind],
    body: { error: oauthCode(error), error_description: error.message },
    ...(error instanceof TooManyRequests ? { headers: { "retry-after": String(error.retryAfterSeconds) } } : {}),
    ...(error.kind === "unauthenticated" ? { headers: { "www-authenticate": 'Basic realm="ingot"' } } : {}),
  };
}

function oauthCode(error: DomainError): string {
  switch (error.code) {
    case "invalid_client":
    case "invalid_grant":
    case "unsupported_grant_type":
      return error.code;
    case "internal":
      return "server_error";
    default:
      return error.kind === "unavailable" || error.kind === "throttled" ? "temporarily_unavailable" : "invalid_request";
  }
}
