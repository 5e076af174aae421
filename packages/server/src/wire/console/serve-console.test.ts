import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, test } from "vitest";
import { buildApp } from "../../app.ts";
import { noAudit } from "../../testing/no-audit.ts";
import { createLogger } from "../../platform/logger.ts";

describe("the console's files", () => {
  let app: FastifyInstance;
  let directory: string | undefined;

  afterEach(async () => {
    await app.close();
    if (directory !== undefined) await rm(directory, { recursive: true });
  });

  async function start(built: boolean): Promise<void> {
    directory = await mkdtemp(join(tmpdir(), "ingot-console-"));
    await mkdir(join(directory, "assets"));
    await writeFile(join(directory, "index.html"), "<title>the console</title>");
    await writeFile(join(directory, "assets", "index-1a2b.js"), "1");
    app = await buildApp({
      planes: [],
      audit: noAudit,
      logger: createLogger("silent"),
      tls: undefined,
      checkReady: async () => {},
      consoleDirectory: built ? directory : undefined,
    });
  }
  const get = (url: string) => app.inject({ method: "GET", url });

  test("every address of the console gives its start page, with a policy that lets no inline script run", async () => {
    await start(true);
    for (const path of ["/app/", "/app/ingot/workspaces/web/runs/run-1", "/app/images/a%2Fb", "/app/x?a=b"]) {
      const answer = await get(path);
      expect(answer.statusCode, path).toBe(200);
      expect(answer.body).toContain("the console");
      expect(answer.headers["cache-control"]).toBe("no-cache");
      const policy = String(answer.headers["content-security-policy"]);
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
    }
  });

  test("what has a digest in its name is kept by browsers, and a missing one is no page", async () => {
    await start(true);
    const script = await get("/app/assets/index-1a2b.js");
    expect(script.headers["cache-control"]).toContain("immutable");
    expect(script.headers["content-type"]).toContain("javascript");
    expect((await get("/app/assets/gone.js")).statusCode).toBe(404);
  });

  test("nothing outside of the directory is served", async () => {
    await start(true);
    for (const path of ["/app/../package.json", "/app/..%2f..%2fetc/passwd", "/app/assets/%2e%2e/%2e%2e/etc/passwd"]) {
      const answer = await get(path);
      expect(answer.body, path).not.toContain("root:");
      expect(answer.body, path).not.toContain("dependencies");
    }
  });

  test("the root leads to the console, and an Ingot without one says how to build it", async () => {
    await start(false);
    expect((await get("/")).headers.location).toBe("/app/");
    expect((await get("/app/")).body).toContain("npm run build");
  });
});
