import type { FastifyRequest } from "fastify";
import type { Db } from "../../db/database.ts";
import { findActorByToken, type Actor } from "../../features/access/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { sessionToken } from "./session-cookie.ts";

/** The token of `Authorization: Bearer …`; undefined when the header is absent or of another kind. */
export function bearerToken(request: FastifyRequest): string | undefined {
  const match = /^Bearer +([^ ]+)$/i.exec(request.headers.authorization ?? "");
  return match?.[1];
}

/** User and password of `Authorization: Basic …`, as RFC 7617 has them; undefined when absent or malformed. */
export function basicCredentials(request: FastifyRequest): { user: string; password: string } | undefined {
  const match = /^Basic +([^ ]+)$/i.exec(request.headers.authorization ?? "");
  if (match?.[1] === undefined) return undefined;
  const decoded = Buffer.from(match[1], "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  return colon < 0 ? undefined : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** How a plane that people use from a browser too finds its caller: by the bearer, else by the console's session. */
export function authenticateCaller(deps: { readonly db: Db; readonly now: Clock }) {
  return async (request: FastifyRequest): Promise<Actor | undefined> => {
    const token = request.headers.authorization === undefined ? sessionToken(request) : bearerToken(request);
    return token === undefined ? undefined : findActorByToken(deps.db, token, deps.now());
  };
}

/** How a plane that only programs use finds its caller. */
export function authenticateBearer(deps: { readonly db: Db; readonly now: Clock }) {
  return async (request: FastifyRequest): Promise<Actor | undefined> => {
    const token = bearerToken(request);
    return token === undefined ? undefined : findActorByToken(deps.db, token, deps.now());
  };
}
