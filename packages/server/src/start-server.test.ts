import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "./testing/index.ts";

describe.each(databasesUnderTest())("the first start on $name", (kind) => {
  let database: TestDatabase | undefined;
  let server: TestServer | undefined;
  afterEach(async () => {
    await server?.close();
    await database?.close();
  });

  it("makes a key, a certificate that verifies, and credentials only their owner can read", async () => {
    database = await kind.create({ migrated: false });
    server = await startTestServer(database);
    expect((await server.fetch("/healthz")).status).toBe(200);
    expect((await server.fetch("/readyz")).status).toBe(200);
    expect(server.bootstrap.url).toBe(server.url);
    for (const file of ["master.key", "bootstrap.json", "tls/ca.key", "tls/server.key"]) {
      expect((await stat(join(server.dataDir, file))).mode & 0o777, file).toBe(0o600);
    }
  });
});
