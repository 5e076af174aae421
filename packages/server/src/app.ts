import type { IncomingMessage } from "node:http";
import {
  LogController,
  fastify,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import { newUlid } from "./platform/ids.ts";
import type { Logger } from "./platform/logger.ts";
import { serveConsole } from "./wire/console/serve-console.ts";
import { answerRefusedRequest, registerPlane, withPlainResourceNames, type Plane } from "./wire/shared/plane.ts";
import type { AuditHook } from "./wire/shared/audited.ts";
import { createLazyCompilerFactory } from "./wire/shared/lazy-validation.ts";

export interface AppOptions {
  readonly planes: readonly Plane[];
  readonly audit: AuditHook;
  readonly logger: Logger;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** Throws when the server cannot do its work, for example when the database does not answer. */
  readonly checkReady: () => Promise<void>;
  /** The built console; undefined serves a page that says so. */
  readonly consoleDirectory: string | undefined;
  readonly onResponse?: (route: string, method: string, status: number, seconds: number) => void;
}

// A look-up of a thousand principals has a request line of 50 kB. Source: terraform-provider-hcp, internal/clients/iam.go.
const headerBytesMax = 128 * 1024;

/** The HTTP server with every plane mounted, not yet listening. */
export async function buildApp(options: AppOptions): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: options.logger,
    ...(options.tls === undefined
      ? { http: { maxHeaderSize: headerBytesMax } }
      : { https: { ...options.tls, maxHeaderSize: headerBytesMax } }),
    rewriteUrl: (request: IncomingMessage) => withPlainResourceNames(options.planes, request.url ?? "/"),
    trustProxy: options.tls === undefined,
    // Requests are logged by the hook below, in one line each.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers["x-request-id"]),
    // Signed links carry their permission in a path segment.
    routerOptions: { maxParamLength: 2048, ignoreTrailingSlash: false },
    // A client that is gone or never comes must not hold a socket for ever; uploads may take their time.
    requestTimeout: 300_000,
    keepAliveTimeout: 75_000,
    forceCloseConnections: "idle",
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      if (answerRefusedRequest(options.planes, error, request, reply)) return;
      void reply.code(400).send({ error: "bad_request", message: error.message });
    },
    schemaController: { compilersFactory: { buildValidator: createLazyCompilerFactory() } },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false } },
  } as Parameters<typeof fastify>[0]) as unknown as FastifyInstance;

  app.addHook("onRequest", async (request, reply) => {
    void reply.header("x-request-id", request.id);
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unknown";
    const level = reply.statusCode >= 500 ? "error" : isPolled(route) ? "debug" : "info";
    request.log[level](
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      "request",
    );
    options.onResponse?.(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
  });

  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    try {
      await options.checkReady();
      return { status: "ok" };
    } catch (error) {
      options.logger.warn({ err: error }, "not ready");
      return reply.code(503).send({ status: "unavailable" });
    }
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: "not_found", message: "Nothing is served at this path." }),
  );
  for (const plane of options.planes) await registerPlane(app, plane, options.audit);
  await serveConsole(app, options.consoleDirectory);
  return app;
}

function requestIdOf(given: string | string[] | undefined): string {
  return typeof given === "string" && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : newUlid();
}

/** Clients ask these many times a minute; at the level `info` they would bury everything else. */
function isPolled(route: string): boolean {
  return route.startsWith("/healthz") || route.startsWith("/readyz") || route.endsWith("/jobs/claim");
}
