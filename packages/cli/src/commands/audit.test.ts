import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "@ingot/server/testing";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callCommand } from "../testing/call-command.ts";

describe.each(databasesUnderTest())("ingot audit on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "ingot-audit-cli-"));
    database = await kind.create();
    server = await startTestServer(database);
    await server.settle();
    for (const name of ["one", "two"]) {
      await server.fetch("/api/v1/runner-tokens", {
        method: "POST",
        headers: { ...server.admin, "content-type": "application/json" },
        body: JSON.stringify({ name }),
      });
    }
    await server.fetch("/api/v2/account/details");
  });
  afterAll(async () => {
    await server.close();
    await database.close();
    await rm(directory, { recursive: true, force: true });
  });

  const ingot = (...args: string[]) => callCommand(["audit", ...args, "--bootstrap-file", server.bootstrapFile.path]);
  const verify = (...args: string[]) => callCommand(["audit", "verify", ...args], { workingDirectory: directory });
  const save = (lines: readonly string[]) => writeFile(join(directory, "export.jsonl"), `${lines.join("\n")}\n`);

  it("lists who did what, with filters", async () => {
    const { out, status } = await ingot("list", "--action", "runner-token.create", "--limit", "1");
    expect(status).toBe(0);
    expect(out.split("\n")).toHaveLength(2);
    expect(out).toMatch(/^NUMBER +TIME +WHO +ACTION +WHAT +OUTCOME\n4 +\S+ +admin +runner-token.create +/);
    expect((await ingot("list", "--trail", "installation", "--json")).out).toContain('"code":"no_valid_credential"');
    expect((await ingot("list", "--outcome", "good")).status).toBe(1);
    expect((await ingot("list", "--limit", "many")).status).toBe(2);
    expect((await ingot("nonsense")).status).toBe(2);
  });

  it("exports what can be verified without the server, and finds what was changed in it", async () => {
    const head = (await ingot("head")).out.split("\n")[0] ?? "";
    const lines = (await ingot("export")).out.split("\n");
    expect(lines).toHaveLength(4);
    await save(lines);
    const whole = await verify("export.jsonl", "--head", head);
    expect([whole.status, whole.out]).toEqual([
      0,
      expect.stringContaining(`4 records, number 1 to 4, are whole. Head: ${head}`),
    ]);

    await save(lines.map((line, i) => (i === 1 ? line.replace('"Ingot"', '"Nobody"') : line)));
    const changed = await verify("export.jsonl");
    expect([changed.status, changed.err]).toEqual([1, expect.stringContaining("broken at record 2")]);
    await save([...lines.slice(0, 2), "not json", ...lines.slice(2)]);
    expect((await verify("export.jsonl")).err).toContain("(the 3. that was read): it is not an audit record");
    await save(lines.slice(0, 3));
    expect((await verify("export.jsonl")).status).toBe(0);
    const cut = await verify("export.jsonl", "--head", head);
    expect([cut.status, cut.err]).toEqual([1, expect.stringContaining("cut off")]);
  });

  it("verifies the database itself, and finds what was changed in it behind the server's back", async () => {
    const url = ["--database-url", database.url];
    const whole = await verify(...url);
    expect([whole.status, whole.out.split("\n")]).toEqual([
      0,
      [expect.stringContaining("4 records"), expect.stringMatching(/^installation: 1 records/)],
    ]);
    // Whoever owns the database can take the guard away; what then happens is found.
    const guard =
      kind.name === "sqlite"
        ? "drop trigger audit_records_no_delete"
        : "alter table audit_records disable trigger audit_records_only_added";
    await sql.raw(guard).execute(database.db);
    await database.db.deleteFrom("audit_records").where("sequence", "=", 4).execute();
    const cut = await verify(...url);
    expect([cut.status, cut.err]).toEqual([1, expect.stringContaining("cut off")]);
    await database.db.deleteFrom("audit_records").where("sequence", "=", 2).execute();
    expect((await verify(...url)).err).toContain("missing");
  });

  it("says what it needs when nothing, two things or nothing that is there was named", async () => {
    expect((await verify()).status).toBe(2);
    expect((await verify("export.jsonl", "--data-dir", ".")).status).toBe(2);
    expect((await verify("export.jsonl", "--head", "x")).err).toContain("TRAIL:NUMBER:HASH");
    const missing = await verify("nowhere.jsonl");
    expect([missing.status, missing.err]).toEqual([1, expect.stringContaining("cannot be read")]);
    const noDatabase = await verify("--data-dir", "nowhere");
    expect([noDatabase.status, noDatabase.err]).toEqual([1, expect.stringContaining("There is no database")]);
  });
});
