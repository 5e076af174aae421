import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer, databasesUnderTest, type TestDatabase, type TestServer } from "@ingot/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ZipFile } from "yazl";
import { callCommand } from "../testing/call-command.ts";

describe.each(databasesUnderTest())("ingot vulnerabilities on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let directory: string;
  beforeAll(async () => {
    database = await kind.create({ migrated: false });
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

  async function archive(name: string, ecosystem: string): Promise<string> {
    const zip = new ZipFile();
    const advisory = { id: "X-1", modified: "2026-01-01T00:00:00Z", affected: [{ package: { ecosystem, name: "x" } }] };
    zip.addBuffer(Buffer.from(JSON.stringify(advisory)), "X-1.json");
    zip.end();
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
    await writeFile(join(directory, name), Buffer.concat(chunks));
    return join(directory, name);
  }

  it("imports archives and shows which speak for what", async () => {
    const files = [await archive("debian.zip", "Debian:12"), await archive("npm.zip", "npm")];
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

  it("ends with 1 and the reason when an archive cannot be read", async () => {
    const failed = await ingot("import", await archive("nuget.zip", "NuGet"));
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
