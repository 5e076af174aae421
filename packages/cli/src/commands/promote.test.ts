import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "@ingot/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectionFromBootstrap } from "../connection/connection.ts";
import { createHttpClient, type HttpClient } from "../connection/http-client.ts";
import { publishVersion } from "../registry/publish-version.ts";
import { createRegistryClient, type RegistryClient } from "../registry/registry-client.ts";
import { callCommand } from "../testing/call-command.ts";

/** Against a real server: what these commands print is about what it did. */
describe.each(databasesUnderTest())("promote and revoke on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let http: HttpClient;
  let registry: RegistryClient;
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database);
    const connection = await connectionFromBootstrap(server.bootstrap);
    http = createHttpClient(connection.ca);
    registry = createRegistryClient(http, connection);
    for (const fingerprint of ["f1", "f2"]) {
      const { pending } = await publishVersion(registry, {
        bucket: "base",
        description: "",
        bucketLabels: {},
        fingerprint,
        templateType: "HCL2",
        components: ["null.a"],
        runId: "00000000-0000-4000-8000-000000000000",
      });
      const artifacts = [{ external_identifier: `id-${fingerprint}`, region: "r" }];
      for (const build of pending) {
        await build.begin();
        await build.complete({ platform: "oci", artifacts, labels: {}, metadata: {} });
      }
    }
  });
  afterAll(async () => {
    await http.close();
    await server.close();
    await database.close();
  });

  const ingot = (...args: string[]) => callCommand([...args, "--bootstrap-file", server.bootstrapFile.path]);

  it("promote makes the channel, takes a name or a fingerprint, and moves it again", async () => {
    expect(await ingot("promote", "base", "v1", "production")).toEqual({
      status: 0,
      out: "channel production of base holds v1 (f1)",
      err: "",
    });
    expect((await ingot("promote", "base", "f2", "production")).out).toBe("channel production of base holds v2 (f2)");
    expect((await registry.getChannel("base", "production")).version?.fingerprint).toBe("f2");
  });

  it.each([
    [["promote", "base", "v9", "production"], /no version v9/],
    [["promote", "nothing", "v1", "production"], /nothing/],
    [["promote", "base", "v1", "latest"], /managed/],
    [["promote", "base"], /BUCKET, a VERSION such as v3, and a CHANNEL/],
    [["revoke", "base", "v2"], /--reason/],
    [["revoke", "base", "v2", "--reason", "x", "--in", "soon"], /soon|revoke_in/],
  ])("refuses %j and says why", async (args, message) => {
    const refused = await ingot(...args);
    expect(refused.status).not.toBe(0);
    expect(refused.err).toMatch(message);
  });

  it("revoke takes the channel back to the last valid version", async () => {
    expect(await ingot("revoke", "base", "v2", "--reason", "CVE-1")).toMatchObject({
      status: 0,
      out: "base v2 is revoked, with everything that descends from it\nno workspace is known to use it",
    });
    expect((await registry.getVersion("base", "f2")).revocation_message).toBe("CVE-1");
    expect((await registry.getChannel("base", "production")).version?.fingerprint).toBe("f1");
  });

  it("revoke for later does not say that it has happened", async () => {
    expect(await ingot("revoke", "base", "v1", "--reason", "old", "--in", "720h")).toMatchObject({
      status: 0,
      out: "base v1 will be revoked in 720h, with everything that descends from it\nno workspace is known to use it",
    });
    expect((await registry.getChannel("base", "production")).version?.fingerprint).toBe("f1");
  });
});
