import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer, databasesUnderTest, type TestDatabase, type TestServer } from "@ingot/server/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ZipFile } from "yazl";
import { callCommand } from "../testing/call-command.ts";

describe.each(databasesUnderTest())("ingot vulnerabilities on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let directory: string;
  beforeAll(async () => {
    database = await kind.create();
    // With timers: the command waits for the job that reads what it has sent.
    server = await startTestServer(database, { timers: true });
    directory = await mkdtemp(join(tmpdir(), "ingot-archives-"));
  });
  afterAll(async () => {
    await server.close();
    await database.close();
    await rm(directory, { recursive: true });
  });

  const ingot = (...args: string[]) =>
    callCommand(["vulnerabilities", ...args, "--bootstrap-file", server.bootstrapFile.path]);

  async function archive(
    file: string,
    about: { readonly ecosystem: string; readonly name?: string },
    { ranges = [], ...more }: { readonly ranges?: readonly object[]; readonly upstream?: readonly string[] } = {},
  ): Promise<string> {
    const zip = new ZipFile();
    const affected = [{ package: { name: "x", ...about }, ranges }];
    const advisory = { id: "X-1", modified: "2026-01-01T00:00:00Z", affected, ...more };
    zip.addBuffer(Buffer.from(JSON.stringify(advisory)), "X-1.json");
    zip.end();
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
    await writeFile(join(directory, file), Buffer.concat(chunks));
    return join(directory, file);
  }

  it("imports archives and shows which speak for what", async () => {
    const files = [
      await archive("debian.zip", { ecosystem: "Debian:12" }),
      await archive("npm.zip", { ecosystem: "npm" }),
    ];
    const imported = await ingot("import", ...files);
    expect(imported.status).toBe(0);
    expect(imported.out).toContain("1 advisories of Debian");
    expect(imported.out).toContain("1 advisories of npm");
    const status = await ingot("status");
    expect(status.out).toMatch(/Debian .*debian\.zip/);
    expect(JSON.parse((await ingot("status", "--json")).out)).toMatchObject([
      { ecosystem: "Debian", archive: { advisories: 1 } },
      { ecosystem: "npm" },
    ]);
    expect((await ingot("affected", "X-1")).out).toContain("could be judged");
  });

  it("lists what is wrong with the newest version of an image, and what about it is unknown", async () => {
    const libssl3 = "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl";
    const sbom = join(directory, "image.cyclonedx.json");
    const components = [
      { type: "library", name: "libssl3", version: "3.0.11-1", purl: libssl3 },
      { type: "library", name: "serde", version: "1.0.0", purl: "pkg:cargo/serde@1.0.0" },
    ];
    await writeFile(sbom, JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.5", version: 1, components }));
    const published = await callCommand(
      ["publish", "--bootstrap-file", server.bootstrapFile.path, "--artifact", "aws/here=ami-1"].concat([
        "--fingerprint",
        "f1",
        "--sbom",
        sbom,
        "base-os",
      ]),
    );
    expect(published).toMatchObject({ status: 0 });
    const ranges = [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "3.0.11-2" }] }];
    const about = { ecosystem: "Debian:12", name: "openssl" };
    await ingot("import", await archive("openssl.zip", about, { upstream: ["CVE-2026-1"], ranges }));
    // The server judges the packages by its own timers, after the archive is read.
    await vi.waitFor(
      async () => {
        const listed = await ingot("list", "--bucket", "base-os");
        expect(listed.status).toBe(0);
        expect(listed.out).toMatch(/X-1 +Unknown +libssl3 +3\.0\.11-1 +3\.0\.11-2 +CVE-2026-1/);
        expect(listed.out).toContain("unknown: 1 packages of crates.io cannot be judged: import the archive");
      },
      { timeout: 15_000 },
    );
    const asJson = await ingot("list", "--bucket", "base-os", "--version", "v1", "--json");
    expect(JSON.parse(asJson.out)).toMatchObject({
      version: "v1",
      complete: false,
      builds_with_sbom: 1,
      vulnerabilities: [{ identifier: "X-1", package: { name: "libssl3" }, fixed_version: "3.0.11-2" }],
    });
    expect((await ingot("affected", "CVE-2026-1")).out).toMatch(/base-os +v1 +libssl3 3\.0\.11-1/);
  });

  it("says of an image that is not there that it is not", async () => {
    const failed = await ingot("list", "--bucket", "nothing");
    expect(failed).toMatchObject({ status: 1, err: expect.stringContaining("nothing") });
  });

  it("ends with 1 and the reason when an archive cannot be read", async () => {
    const failed = await ingot("import", await archive("nuget.zip", { ecosystem: "NuGet" }));
    expect(failed.status).toBe(1);
    expect(failed.out).toContain("failed.");
  });

  it.each([[["import"]], [["import", "/no/such/file"]], [["list"]], [["affected"]], [["nonsense"]]])(
    "refuses %j before it asks the server",
    async (args) => {
      expect((await ingot(...args)).status).toBeGreaterThan(0);
    },
  );
});
