import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveServerConfig } from "./config/server-config.ts";
import { findActorByToken } from "./features/access/index.ts";
import { insertProject } from "./features/projects/index.ts";
import { createLogger } from "./platform/logger.ts";
import { createAuthority, createServerCertificate } from "./platform/pki/certificates.ts";
import { startServer, type RunningServer } from "./start-server.ts";
import { databasesUnderTest, startTestServer, type TestDatabase } from "./testing/index.ts";

describe.each(databasesUnderTest())("a server on $name", (kind) => {
  let database: TestDatabase;
  let dataDir: string;
  const running: RunningServer[] = [];
  beforeEach(async () => {
    database = await kind.create();
    dataDir = await mkdtemp(join(tmpdir(), "ingot-start-"));
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.close();
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(values: Record<string, unknown> = {}): Promise<RunningServer> {
    const config = resolveServerConfig([
      {
        nameOf: (key) => key,
        values: { "data-dir": dataDir, listen: "127.0.0.1:0", "database-url": database.url, ...values },
      },
    ]);
    const server = await startServer(config, { logger: createLogger("silent"), timers: false });
    running.push(server);
    return server;
  }

  async function stop(server: RunningServer): Promise<void> {
    running.splice(running.indexOf(server), 1);
    await server.close();
  }

  const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8")) as Record<string, any>;

  it("makes its tables, a key, a certificate that verifies, and credentials only their owner can read", async () => {
    const empty = await kind.create({ migrated: false });
    const server = await startTestServer(empty, { config: { "data-dir": dataDir } });
    try {
      expect((await server.fetch("/healthz")).status).toBe(200);
      expect((await server.fetch("/readyz")).status).toBe(200);
      expect(server.bootstrap).toMatchObject({
        url: server.url,
        organization: { name: "ingot" },
        project: { name: "default" },
        admin: { username: "admin" },
      });
      for (const file of ["master.key", "bootstrap.json", "tls/ca.key", "tls/server.key"]) {
        expect((await stat(join(dataDir, file))).mode & 0o777, file).toBe(0o600);
      }
    } finally {
      await server.close();
      await empty.close();
    }
  });

  it("keeps its credentials over a restart, and writes them once", async () => {
    const first = await start();
    const before = await readFile(first.bootstrapFile.path, "utf8");
    await stop(first);
    const second = await start();
    expect(second.bootstrapFile.written).toBe(false);
    expect(second.organizationId).toBe(first.organizationId);
    // Port 0 gives another port each time: the address follows, the credentials stay.
    expect(await readJson(second.bootstrapFile.path)).toEqual({
      ...(JSON.parse(before) as object),
      url: second.url,
    });
  });

  it("writes a bootstrap file that is asked for later, with credentials that work", async () => {
    await stop(await start());
    const file = join(dataDir, "again.json");
    const server = await start({ "bootstrap-file": file });
    const bootstrap = await readJson(file);
    const actor = await findActorByToken(server.db, bootstrap["admin"].token, Date.now());
    expect(actor).toMatchObject({
      kind: "user",
      organizationId: server.organizationId,
      grants: [{ role: "admin", projectId: null, bucketName: null }, { role: "member" }, { role: "owner" }],
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("writes a bootstrap file of the oldest project that is left when the first one was deleted", async () => {
    const first = await start();
    const { db, organizationId, projectId } = first;
    const left = await insertProject(db, { organizationId, name: "second" }, Date.now());
    await insertProject(db, { organizationId, name: "third" }, Date.now() + 1000);
    await db.deleteFrom("projects").where("id", "=", projectId).execute();
    await stop(first);
    const file = join(dataDir, "again.json");
    const server = await start({ "bootstrap-file": file });
    expect((await readJson(file))["project"]).toEqual({ id: left.id, name: "second" });
    expect(server.projectId).toBe(left.id);
  });

  it("makes one organization when two replicas start on an empty database at once", async () => {
    await database.close();
    database = await kind.create({ migrated: false });
    const other = await mkdtemp(join(tmpdir(), "ingot-start-"));
    try {
      const key = { "master-key": Buffer.alloc(32, 7).toString("base64") };
      const both = await Promise.allSettled([start(key), start({ ...key, "data-dir": other })]);
      const failures = both.flatMap((one) => (one.status === "rejected" ? [one.reason as { code: string }] : []));
      // SQLite has one server; the second is told so.
      expect(failures.map((error) => error.code)).toEqual(kind.name === "sqlite" ? ["database_in_use"] : []);
      expect(await running[0]?.db.selectFrom("organizations").selectAll().execute()).toHaveLength(1);
    } finally {
      for (const server of running.splice(0)) await server.close();
      await rm(other, { recursive: true, force: true });
    }
  });

  it("refuses a master key that is not the one of its database, and says so", async () => {
    await stop(await start());
    await writeFile(join(dataDir, "master.key"), Buffer.alloc(32).toString("base64"));
    await expect(start()).rejects.toMatchObject({ code: "master_key", message: expect.stringContaining("master key") });
  });

  it("serves the operator's own certificate", async () => {
    const authority = await createAuthority("Bank CA", Date.now());
    const pair = await createServerCertificate(authority, ["localhost", "127.0.0.1"], Date.now());
    const files = { "tls-cert-file": join(dataDir, "c.pem"), "tls-key-file": join(dataDir, "k.pem") };
    await writeFile(files["tls-cert-file"], pair.certificate);
    await writeFile(files["tls-key-file"], pair.key);
    const server = await start(files);
    expect(server.caFile).toBeUndefined();
    expect(await readJson(server.bootstrapFile.path)).toMatchObject({ ca_file: null });
  });

  it("serves plain HTTP behind a proxy under the proxy's address", async () => {
    const server = await start({ "plain-http": true, "public-url": "https://ingot.example" });
    expect(server.url).toBe("https://ingot.example");
    expect(await readJson(server.bootstrapFile.path)).toMatchObject({ url: "https://ingot.example" });
  });

  it("shows metrics on a listener of their own and not beside the API", async () => {
    const port = await freePort();
    const server = await startTestServer(database, { config: { "metrics-listen": `127.0.0.1:${port}` } });
    try {
      await server.fetch("/healthz");
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(metrics).toMatch(
        /ingot_http_request_duration_seconds_count\{route="\/healthz",method="GET",status="200"\} 1/,
      );
      expect((await server.fetch("/metrics")).status).toBe(404);
    } finally {
      await server.close();
    }
  });

  it("lets a request in progress finish before it stops", async () => {
    const port = await freePort();
    const server = await start({
      "plain-http": true,
      "public-url": "https://ingot.example",
      listen: `127.0.0.1:${port}`,
    });
    const call = request({
      port,
      host: "127.0.0.1",
      method: "POST",
      path: "/oauth2/token",
      headers: { "content-type": "application/x-www-form-urlencoded", "content-length": 5 },
    });
    const status = new Promise<number | undefined>((resolve, reject) => {
      call.on("response", (response) => resolve(response.statusCode));
      call.on("error", reject);
    });
    call.write("gran");
    await new Promise((resolve) =>
      call.once("socket", (socket) => (socket.connecting ? socket.once("connect", resolve) : resolve(undefined))),
    );
    // The server must have seen the request before it is told to stop.
    while ((await server.countConnections()) === 0);
    const closed = stop(server);
    call.end("t");
    expect(await status).toBeGreaterThanOrEqual(200);
    await closed;
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
