import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, fetch as undiciFetch, type RequestInit } from "undici";
import { resolveServerConfig } from "../config/server-config.ts";
import type { Bootstrap } from "../installation/bootstrap.ts";
import { createLogger } from "../platform/logger.ts";
import { startServer, type RunningServer, type ServerOptions } from "../start-server.ts";
import type { TestDatabase } from "./databases.ts";

export interface TestServer extends RunningServer {
  readonly dataDir: string;
  readonly bootstrap: Bootstrap;
  /** A request that trusts the server's CA. `path` starts with a slash. */
  fetch(path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; text: string; json: any }>;
  /** The administrator's bearer header. */
  readonly admin: { readonly authorization: string };
}

/**
 * A whole server on a free loopback port with TLS, on the given database, in a directory of its own. Without timers:
 * `settle()` runs what is due. Closing it removes the directory.
 */
export async function startTestServer(
  database: TestDatabase,
  options: Partial<ServerOptions> & { readonly config?: Record<string, unknown> } = {},
): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), "ingot-server-"));
  const config = resolveServerConfig([
    {
      nameOf: (key) => key,
      values: { "data-dir": dataDir, listen: "127.0.0.1:0", "database-url": database.url, ...options.config },
    },
  ]);
  const server = await startServer(config, {
    logger: createLogger(process.env["INGOT_TEST_LOG"] ?? "silent"),
    timers: false,
    ...options,
  });
  const bootstrap = JSON.parse(await readFile(server.bootstrapFile.path, "utf8")) as Bootstrap;
  const ca = server.caFile === undefined ? undefined : await readFile(server.caFile, "utf8");
  const dispatcher = new Agent({ connect: ca === undefined ? {} : { ca } });
  return {
    ...server,
    dataDir,
    bootstrap,
    admin: { authorization: `Bearer ${bootstrap.admin.token}` },
    async fetch(path, init) {
      const answer = await undiciFetch(new URL(path, server.url), { dispatcher, ...init });
      const text = await answer.text();
      const isJson = (answer.headers.get("content-type") ?? "").includes("json");
      return {
        status: answer.status,
        headers: answer.headers as unknown as Headers,
        text,
        json: isJson && text !== "" ? (JSON.parse(text) as unknown) : undefined,
      };
    },
    async close() {
      await dispatcher.close();
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
