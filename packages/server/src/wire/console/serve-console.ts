import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** Where the built console is; undefined before `npm run build` has made it. */
export function findConsole(): string | undefined {
  const directory = join(dirname(createRequire(import.meta.url).resolve("@ingot/console/package.json")), "dist");
  return existsSync(join(directory, "index.html")) ? directory : undefined;
}

const headers = {
  // No script but the console's own files. Mantine writes its variables into style elements.
  "content-security-policy":
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
};

/**
 * The console below `/app/`: its files, and its start page for every other address, since the console reads the address
 * itself. Needs no credential: everything it shows comes from the APIs. Without a built console it says how to make one.
 */
export async function serveConsole(app: FastifyInstance, directory: string | undefined): Promise<void> {
  app.get("/", async (_request, reply) => reply.redirect("/app/"));
  app.get("/app", async (_request, reply) => reply.redirect("/app/"));
  await app.register(
    async (scope) => {
      scope.addHook("onSend", async (_request, reply) => void reply.headers(headers));
      if (directory === undefined) {
        scope.get("/*", async (_request, reply) => reply.type("text/html; charset=utf-8").send(notBuilt));
        return;
      }
      await scope.register(fastifyStatic, {
        root: directory,
        prefix: "/",
        index: "index.html",
        preCompressed: true,
        cacheControl: false,
        setHeaders: (reply, path) => {
          // Names below assets/ hold a digest of the content.
          const lasting = path.includes("/assets/");
          reply.setHeader("cache-control", lasting ? "public, max-age=31536000, immutable" : "no-cache");
        },
      });
      scope.setNotFoundHandler((request, reply) => {
        const isPage = request.method === "GET" && !request.url.startsWith("/app/assets/");
        if (isPage) return reply.sendFile("index.html");
        return reply.code(404).send({ error: "not_found", message: "The console has no such file." });
      });
    },
    { prefix: "/app" },
  );
}

const notBuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Ingot</title></head>
<body><h1>The console is not built</h1>
<p>Run <code>npm run build</code> where Ingot is installed, and start the server again. The APIs and the command line work without it.</p>
</body></html>
`;
