import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { TSchema } from "typebox";
import {
  actingWith,
  mayAnywhere,
  roleTooLow,
  seenBy,
  type Actor,
  type Permission,
} from "../../features/access/index.ts";
import { isForeignKeyViolation } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import {
  handleAct,
  isAct,
  noteAct,
  recordRefusal,
  type ActNote,
  type AuditedRoute,
  type AuditHook,
} from "./audited.ts";
import { refuseNul, setBodyParsers, type BodyTypes } from "./body-parsers.ts";
import { knownError } from "./known-error.ts";

/**
 * What a route asks of its caller: a permission; `authenticated` (any valid credential); `public` (none); or
 * `signed-link` (the URL itself carries the permission, and the handler checks it).
 */
export type Needs = Permission | "authenticated" | "public" | "signed-link";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One route, as data: the server registers this table and a test walks the same one. */
export interface Route {
  readonly method: Method;
  /** As find-my-way writes it, for example `/runs/:run_id/actions/cancel`, relative to the plane's prefix. */
  readonly path: string;
  readonly needs: Needs;
  /** What the audit record calls it, `noun.verb`, or the name of the operation in the published specification. */
  readonly audit: string;
  /**
   * A write that is part of work in progress, such as a heartbeat or a piece of a log, or whether a body makes it one: the
   * trail tells of it only when somebody is kept out. Whatever else writes is an act, and recorded however it ends.
   */
  readonly work?: true | ((body: unknown) => boolean);
  /**
   * A POST that only reads, since what is asked does not fit into a query: a search, a question about permissions. The trail
   * tells of it only when somebody is kept out, as of a GET.
   */
  readonly reads?: true;
  /** What the reference says of it; planes whose contract is published elsewhere leave it out. */
  readonly doc?: RouteDoc;
  readonly body?: TSchema;
  readonly query?: TSchema;
  /** Default 1 MiB. */
  readonly bodyBytesMax?: number;
  /** Request media types of files that are too large for memory: the body arrives as a stream, which the handler bounds. */
  readonly streamTypes?: readonly string[];
  /** Throws before the body is read: how a signed link is checked, so that nobody without one can send large bodies. */
  readonly admit?: (request: FastifyRequest) => Promise<unknown>;
  readonly handle: (call: Call) => Promise<Reply>;
}

export interface RouteDoc {
  /** One line, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** Of the answer that is given when all went well. */
  readonly reply?: TSchema;
  /** Default 200. */
  readonly status?: number;
  /** Default: the plane's. */
  readonly contentType?: string;
}

export interface Call {
  readonly request: FastifyRequest;
  /** The caller. Asking for it on a route that needs none is a programming error and throws. */
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string>>;
  /** Checked against the route's schema before the handler runs; undefined when the request had none. */
  readonly body: unknown;
  readonly query: Readonly<Record<string, unknown>>;
  /** Tells the audit trail what path and answer do not say. Never a secret. */
  readonly note: (note: ActNote) => void;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Overrides the plane's media type. */
  readonly contentType?: string;
}

export function ok(body: unknown): Reply {
  return { status: 200, body };
}

/** The answer to a credential that is absent or has ended. */
export function noValidCredential(): DomainError {
  return new DomainError(
    "unauthenticated",
    "no_valid_credential",
    "The request carries no valid credential. Check the token: it may have expired or been revoked.",
  );
}

/** A refusal in the plane's own words. */
export interface ErrorDocument {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Plane extends BodyTypes {
  readonly name: string;
  /** The path prefixes it owns; below them every unknown path answers in this plane's error shape. */
  readonly prefixes: readonly string[];
  /**
   * Paths hold resource names such as `iam/project/<id>/service-principal/ci`, whose slashes arrive plain or as `%2F`: the
   * table is written with plain ones and both are served. Source: go-openapi/runtime; hcp-sdk-go, auth/workload.
   */
  readonly resourceNamesInPaths?: boolean;
  readonly routes: readonly (Route & { readonly prefix?: string })[];
  /** Of replies and of errors. */
  readonly contentType: string;
  /** Sent with every reply, errors included. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Who the request's credential belongs to; undefined when there is none or it is not valid. */
  authenticate(request: FastifyRequest): Promise<Actor | undefined>;
  /**
   * The caller as far as what the path names is concerned: on planes whose callers can be in several organizations. Errors:
   * what a caller is answered for whom the path names nothing.
   */
  narrow?(actor: Actor, params: Readonly<Record<string, string>>): Promise<Actor>;
  /** Whoever sees no workspace at all is answered 404 by id, as clients of the published API expect; otherwise 403. */
  readonly hides?: boolean;
  presentError(error: DomainError, request: FastifyRequest): ErrorDocument;
  /** The server is closing: whoever waits inside a handler must be let go. */
  onClosing?(): void;
  /** What an unknown path below the prefixes answers. */
  unknownPath(request: FastifyRequest): DomainError;
}

const bodyBytesDefault = 1 << 20;

/**
 * Mounts a plane. Everything it answers, mistakes of Fastify included, is in the plane's own error shape; every write and
 * every refusal is in the audit trail before it is answered.
 */
export async function registerPlane(app: FastifyInstance, plane: Plane, audit: AuditHook): Promise<void> {
  app.addHook("preClose", async () => plane.onClosing?.());
  for (const prefix of plane.prefixes) {
    await app.register(
      async (scope) => {
        setBodyParsers(scope, plane);
        scope.setErrorHandler((error, request, reply) => refuse(audit, plane, error, request, reply));
        scope.setNotFoundHandler((request, reply) => answerError(plane, plane.unknownPath(request), request, reply));
        for (const route of plane.routes) {
          if ((route.prefix ?? plane.prefixes[0]) === prefix) registerRoute(scope, plane, { ...route, prefix }, audit);
        }
      },
      { prefix },
    );
  }
}

function registerRoute(
  scope: FastifyInstance,
  plane: Plane,
  route: Route & { readonly prefix: string },
  audit: AuditHook,
): void {
  const audited: AuditedRoute = { ...route, plane: plane.name };
  scope.route({
    config: { audited, streamTypes: route.streamTypes ?? [] },
    method: route.method,
    url: route.path,
    bodyLimit: route.bodyBytesMax ?? bodyBytesDefault,
    schema: {
      ...(route.body === undefined ? {} : { body: route.body }),
      ...(route.query === undefined ? {} : { querystring: route.query }),
    },
    // Before the body is read: a caller without permission cannot make the server buffer anything.
    onRequest: async (request) => {
      await route.admit?.(request);
      if (route.needs === "public" || route.needs === "signed-link") return;
      const caller = await plane.authenticate(request);
      if (caller === undefined) {
        throw noValidCredential();
      }
      const needs = route.needs === "authenticated" ? null : route.needs;
      // Also of one whom the path names nothing to: the trail tells of it.
      actors.set(request, actingWith(caller, needs));
      const actor = (await plane.narrow?.(caller, request.params as Record<string, string>)) ?? caller;
      actors.set(request, actingWith(actor, needs));
      // Nowhere at all. Whether it may do this to what the request names, the doors of the features check.
      if (needs !== null && !mayAnywhere(actor, needs)) throw refusalOf(plane, route, actor, needs);
    },
    handler: async (request, reply) => {
      refuseNul(request.params, request.query);
      const call: Call = {
        request,
        get actor() {
          const actor = actors.get(request);
          if (actor === undefined)
            throw new Error(`${route.method} ${route.path} has no actor: it needs ${route.needs}.`);
          return actor;
        },
        params: request.params as Record<string, string>,
        body: request.body,
        query: request.query as Record<string, unknown>,
        note: (note) => noteAct(request, note),
      };
      const answer = isAct(route, request.body)
        ? await handleAct(audit, audited, request, actors.get(request), () => route.handle(call))
        : await route.handle(call);
      void reply.code(answer.status).headers({ ...plane.headers, ...answer.headers });
      if (answer.body === undefined) return reply.send();
      return reply.type(answer.contentType ?? plane.contentType).send(encode(answer.body));
    },
  });
}

/** For whoever has a permission nowhere; before the path is looked up, so it is the same whether that names anything. */
function refusalOf(plane: Plane, route: Route, actor: Actor, needs: Permission): DomainError {
  const namesSomething = /:(?!organization\b)/.test(route.path);
  const seesSome = mayAnywhere(actor, seenBy(needs)) || mayAnywhere(actor, "workspace:read");
  if (plane.hides !== true || !namesSomething || seesSome) return roleTooLow(actor, needs);
  return new DomainError("not_found", "not_found", "There is nothing by this id, or you may not see it.");
}

const actors = new WeakMap<FastifyRequest, Actor>();

function encode(body: unknown): string | Buffer | Readable {
  return typeof body === "string" || Buffer.isBuffer(body) || body instanceof Readable ? body : JSON.stringify(body);
}

/** The URL with the escaped slashes of resource names written plain, for the planes whose paths hold such names. */
export function withPlainResourceNames(planes: readonly Plane[], url: string): string {
  const prefixes = planes.flatMap((plane) => (plane.resourceNamesInPaths === true ? plane.prefixes : []));
  if (
    !url.includes("%2") ||
    !prefixes.some((prefix) => url.startsWith(`${prefix}/`) || url.startsWith(`${prefix}%2`))
  ) {
    return url;
  }
  const query = url.indexOf("?");
  const path = query === -1 ? url : url.slice(0, query);
  return path.replaceAll(/%2f/gi, "/") + (query === -1 ? "" : url.slice(query));
}

/**
 * Answers what Fastify refuses before any route, such as a path with a broken percent-encoding, in the shape of the plane
 * that owns the path. False when no plane does.
 */
export function answerRefusedRequest(
  planes: readonly Plane[],
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean {
  const plane = planes.find((p) => p.prefixes.some((prefix) => request.url.startsWith(`${prefix}/`)));
  if (plane === undefined) return false;
  void answerError(plane, error, request, reply);
  return true;
}

declare module "fastify" {
  interface FastifyContextConfig {
    /** The row of the plane's table; absent on what no plane serves. */
    readonly audited?: AuditedRoute;
    /** As the row says; the body of such a request arrives as a stream. */
    readonly streamTypes?: readonly string[];
  }
}

/** Answers an error once the audit trail has what it should have of it. */
async function refuse(
  audit: AuditHook,
  plane: Plane,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { audited } = request.routeOptions.config;
  if (audited === undefined) return answerError(plane, error, request, reply);
  const known = knownError(error, request);
  try {
    const status = known.code === "internal" ? 500 : plane.presentError(known, request).status;
    await recordRefusal(audit, audited, request, actors.get(request), { error: known, status });
  } catch (unrecorded) {
    return answerError(plane, unrecorded, request, reply);
  }
  return answerError(plane, error, request, reply);
}

function answerError(plane: Plane, error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = knownError(error, request);
  const isMistake = known.code === "internal";
  if (isMistake) request.log.error({ err: error }, "a request failed unexpectedly");
  else if (!(error instanceof DomainError) && isForeignKeyViolation(error)) {
    request.log.warn({ err: error }, "a request refers to what was deleted at the same moment");
  }
  if (known.code === "storage_unreachable")
    request.log.warn({ err: error }, "the database or the storage is not there");
  const document = plane.presentError(known, request);
  return reply
    .code(isMistake ? 500 : document.status)
    .headers({ ...plane.headers, ...document.headers })
    .type(plane.contentType)
    .send(JSON.stringify(document.body));
}
