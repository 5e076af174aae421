import { parse, serialize } from "cookie";
import type { FastifyRequest } from "fastify";

// The prefix makes browsers refuse the cookie unless it is secure, for this host alone and for every path.
const name = "__Host-ingot-session";

const attributes = { path: "/", httpOnly: true, secure: true, sameSite: "strict" } as const;

/** The header that starts a session in a browser. */
export function sessionCookie(token: string, lifetimeSeconds: number): string {
  return serialize(name, token, { ...attributes, maxAge: lifetimeSeconds });
}

/** The header that ends it. */
export function endedSessionCookie(): string {
  return serialize(name, "", { ...attributes, maxAge: 0 });
}

/**
 * The session's token. Undefined without a session, and for a write that another site's page may have sent: browsers say
 * where a request comes from, and one that does not say so is no browser of ours.
 */
export function sessionToken(request: FastifyRequest): string | undefined {
  const token = parse(request.headers.cookie ?? "")[name];
  if (token === undefined || token === "") return undefined;
  return request.method === "GET" || request.method === "HEAD" || isSameOrigin(request) ? token : undefined;
}

function isSameOrigin(request: FastifyRequest): boolean {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  const { origin } = request.headers;
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === request.host;
}
