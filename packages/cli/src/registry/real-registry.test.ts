import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "@ingot/server/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectionFromBootstrap } from "../connection/connection.ts";
import { createHttpClient, type HttpClient } from "../connection/http-client.ts";
import { callCommand } from "../testing/call-command.ts";
import { createRegistryClient, type RegistryClient } from "./registry-client.ts";

const examples = resolve(import.meta.dirname, "../../../../examples");

describe.each(databasesUnderTest())("publishing to a real Ingot on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let http: HttpClient;
  let registry: RegistryClient;
  let directory = "";
  beforeEach(async () => {
    database = await kind.create();
    server = await startTestServer(database);
    const connection = await connectionFromBootstrap(server.bootstrap);
    http = createHttpClient(connection.ca);
    registry = createRegistryClient(http, connection);
    directory = await mkdtemp(join(tmpdir(), "ingot-publish-"));
  });
  afterEach(async () => {
    await http.close();
    await server.close();
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });

  const build = (name: string, outputDirectory = name, ...args: string[]) =>
    callCommand(
      ["build", "--builder", "script", "--data-dir", server.dataDir, "--fingerprint", "f1"].concat(
        ["--output-dir", outputDirectory],
        args,
        join(examples, name),
      ),
      { workingDirectory: directory },
    );

  it("completes a base and a child, with their ancestry, and moves a channel", async () => {
    expect(await build("golden-base")).toMatchObject({ status: 0, out: "golden-base v1 f1" });
    expect(await build("golden-app")).toMatchObject({ status: 0, out: "golden-app v1 f1" });
    const relations = await registry.listBucketAncestry("golden-app");
    expect(relations).toMatchObject([
      { parent: { bucket_name: "golden-base", version_name: "v1" }, child: { version_fingerprint: "f1" } },
    ]);
    await registry.createChannel("golden-app", { name: "production" });
    const channel = await registry.assignChannel("golden-app", "production", "f1");
    expect(channel.version?.name).toBe("v1");
  });

  it("refuses to build a complete version again", async () => {
    await build("golden-base");
    expect(await build("golden-base", "again")).toMatchObject({
      status: 1,
      err: expect.stringContaining("Version f1 of golden-base is complete as v1; a complete version never changes."),
    });
  });

  it("fails when the channel to move is not there, though the version is complete", async () => {
    const result = await build("golden-base", "out", "--channel", "production");
    expect(result).toMatchObject({
      status: 1,
      err: expect.stringContaining("refused UpdateChannel (HTTP 404, code 5)"),
    });
    expect((await registry.getVersion("golden-base", "f1")).name).toBe("v1");
  });

  it("says which secret is wrong", async () => {
    const connection = { ...(await connectionFromBootstrap(server.bootstrap)), clientSecret: "wrong" };
    await expect(createRegistryClient(http, connection).getBucket("any")).rejects.toThrow(
      `gives no token to ${connection.clientId} (HTTP 401: invalid_client)`,
    );
  });
});
