import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "@ingot/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectionFromBootstrap } from "../connection/connection.ts";
import { createHttpClient, type HttpClient } from "../connection/http-client.ts";
import { createRegistryClient, type RegistryClient } from "../registry/registry-client.ts";
import { callCommand } from "../testing/call-command.ts";

const cycloneDx = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  components: [
    { type: "library", name: "openssl", version: "3.0.2", purl: "pkg:deb/debian/openssl@3.0.2" },
    ...Array.from({ length: 3000 }, (_, i) => ({ type: "library", name: `filler-${i}`, version: "1" })),
  ],
};

describe.each(databasesUnderTest())("ingot publish to a real Ingot on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let http: HttpClient;
  let registry: RegistryClient;
  let directory = "";
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database);
    const connection = await connectionFromBootstrap(server.bootstrap);
    http = createHttpClient(connection.ca);
    registry = createRegistryClient(http, connection);
    directory = await mkdtemp(join(tmpdir(), "ingot-publish-"));
    await writeFile(join(directory, "image.cyclonedx.json"), JSON.stringify(cycloneDx));
    await writeFile(
      join(directory, "cut.cyclonedx.json"),
      '{"bomFormat":"CycloneDX","specVersion":"1.5","components":1}',
    );
  });
  afterAll(async () => {
    await http.close();
    await server.close();
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });

  const ingot = (...args: string[]) =>
    callCommand([args[0] ?? "", "--data-dir", server.dataDir, ...args.slice(1)], { workingDirectory: directory });
  const countVersions = async (bucket: string) => {
    let count = 0;
    for await (const one of registry.listVersions(bucket)) count += Number(one.fingerprint !== "");
    return count;
  };

  it("makes one version of the same images, however often they are published", async () => {
    const args = ["publish", "--artifact", "aws/eu-central-1=ami-1", "--artifact", "aws/us-east-1=ami-2"].concat(
      ["--artifact", "gce/global=img-1", "--label", "os=debian", "--bucket-label", "team=images"],
      ["--description", "a base", "--sbom", "publish.aws=image.cyclonedx.json", "--channel", "production", "base-os"],
    );
    const first = await ingot(...args);
    expect(first.err).toContain("publish.aws: 2 artifact(s), 1 SBOM(s)");
    expect(first).toMatchObject({ status: 0, out: expect.stringMatching(/^base-os v1 sha256-[0-9a-f]{32}$/) });
    const again = await ingot(...args);
    expect(again).toMatchObject({ status: 0, out: first.out, err: expect.stringContaining("is published already") });
    expect(await countVersions("base-os")).toBe(1);
    const bucket = await registry.getBucket("base-os");
    expect(bucket).toMatchObject({ description: "a base", labels: { team: "images" } });
    const channel = await registry.getChannel("base-os", "production");
    expect(channel.version?.builds).toMatchObject([
      { component_type: "publish.aws", platform: "aws", labels: { os: "debian" } },
      { component_type: "publish.gce", platform: "gce", artifacts: [{ external_identifier: "img-1" }] },
    ]);
    expect(channel.version?.builds?.[0]?.artifacts).toHaveLength(2);
  });

  it("finds what was published by the packages in it", async () => {
    const found = await ingot("packages", "openssl", "--version", "3.0.2");
    expect(found.out.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["PACKAGE", "BUCKET", "VERSION", "BUILD", "CHANNELS", "NOTE"],
      ["openssl 3.0.2", "base-os", "v1", "publish.aws", "latest, production"],
    ]);
    expect((await ingot("packages", "pkg:deb/debian/openssl", "--bucket", "base-os")).out).toBe(found.out);
    expect((await ingot("packages", "openss*")).out).toBe(found.out);
    const json = JSON.parse((await ingot("packages", "filler-*", "--json")).out) as { packages: unknown[] };
    expect(json.packages).toHaveLength(3000);
    expect((await ingot("packages", "openssl", "--version", "9")).out).toBe("No SBOM names this package.");
  });

  it("takes a manifest, with parents by channel and by version", async () => {
    const manifest = {
      bucket: "app-os",
      fingerprint: "app-1",
      channels: ["staging"],
      parent: { bucket: "base-os", channel: "production" },
      builds: [
        {
          name: "mkosi.app",
          platform: "oci",
          artifacts: [{ external_identifier: "sha256:1", region: "x86_64" }],
          source_external_identifier: "ami-1",
          sboms: ["image.cyclonedx.json"],
        },
      ],
    };
    await writeFile(join(directory, "ingot-manifest.json"), JSON.stringify(manifest));
    const published = await ingot("publish", "--manifest", ".", "--json");
    expect(published.status).toBe(0);
    expect(JSON.parse(published.out)).toMatchObject({ name: "v1", fingerprint: "app-1" });
    expect(await registry.listBucketAncestry("app-os")).toMatchObject([
      { parent: { bucket_name: "base-os", version_name: "v1" }, child: { version_fingerprint: "app-1" } },
    ]);
    const other = await ingot("publish", "--artifact", "oci/arm=sha256:2", "--parent", "base-os@v1", "leaf-os");
    expect(other.status).toBe(0);
    expect(await registry.listBucketAncestry("leaf-os")).toMatchObject([{ parent: { version_name: "v1" } }]);
  });

  it("goes on where a failure has stopped it", async () => {
    const args = (sbom: string) =>
      ["publish", "--artifact", "aws/r=ami-7", "--artifact", "gce/r=img-7", "--fingerprint", "f7"].concat([
        "--sbom",
        `publish.gce=${sbom}`,
        "resumed-os",
      ]);
    await writeFile(join(directory, "empty.json"), '{"bomFormat":"CycloneDX","specVersion":"1.5"}');
    const failed = await ingot(...args("empty.json"));
    expect(failed).toMatchObject({ status: 1, err: expect.stringContaining("sbom contains no packages") });
    const statuses = async () => (await registry.listBuilds("resumed-os", "f7")).map((build) => build.status);
    expect(await statuses()).toEqual(expect.arrayContaining(["BUILD_DONE", "BUILD_FAILED"]));
    expect(await ingot(...args("image.cyclonedx.json"))).toMatchObject({ status: 0, out: "resumed-os v1 f7" });
    expect(await countVersions("resumed-os")).toBe(1);
  });

  it("keeps an SBOM that cannot be parsed, and a search says that it does not know", async () => {
    const published = await ingot("publish", "--artifact=aws/r=ami-8", "--sbom=cut.cyclonedx.json", "unknown-os");
    expect(published.status).toBe(0);
    const found = await ingot("packages", "log4j");
    expect(found.out).toBe("No SBOM that could be parsed names this package; some could not be.");
    expect(found.err).toContain("the packages of cut-cyclonedx in unknown-os are not known: components must");
  });

  it.each<[string, string[], string]>([
    [
      "other images under the same fingerprint",
      ["--artifact", "aws/r=ami-9", "--fingerprint", "f7", "resumed-os"],
      "has something else for publish.aws",
    ],
    [
      "a parent that is not there",
      ["--artifact", "aws/r=x", "--parent", "base-os@v9", "bad-os"],
      "base-os has no version v9",
    ],
    ["a file that is not there", ["--artifact", "aws/r=x", "--sbom", "none.json", "bad-os"], "cannot be read"],
    [
      "a file that is no SBOM",
      ["--artifact", "aws/r=x", "--sbom", "ingot-manifest.json", "bad-os"],
      "neither SPDX nor CycloneDX",
    ],
    ["neither images nor a manifest", ["bad-os"], "either --manifest or at least one --artifact"],
  ])("refuses %s before the registry hears of a version", async (_what, args, message) => {
    const refused = await ingot("publish", ...args);
    expect(refused.err).toContain(message);
    expect(refused.status).not.toBe(0);
    await expect(registry.getBucket("bad-os")).rejects.toMatchObject({ code: 5 });
  });
});
