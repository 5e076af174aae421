import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "@ingot/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callCommand } from "../testing/call-command.ts";

describe.each(databasesUnderTest().slice(0, 1))("ingot invite, against a real server,", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  beforeAll(async () => {
    database = await kind.create({ migrated: false });
    server = await startTestServer(database);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const ingot = (...args: string[]) => callCommand(["invite", ...args, "--bootstrap-file", server.bootstrapFile.path]);

  it("prints a link that joins the organization and the teams that were asked for", async () => {
    const invited = await ingot("ada@acme.example", "--organization", "ingot", "--team", "owners");
    expect(invited).toMatchObject({ status: 0, err: expect.stringContaining("ada@acme.example is invited until") });
    const secret = new URL(invited.out).hash.slice(1);
    const joined = await server.fetch("/api/v1/invitations/join", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ secret }),
    });
    expect(joined.json).toMatchObject({ user: { name: "ada@acme.example", role: "owner" } });
  });

  it.each([
    [["bob@acme.example", "--organization", "nobody"], /nobody/],
    [["bob@acme.example", "--team", "ghosts"], /no team ghosts/],
    [["not-an-address"], /not an address/],
    [[], /takes one EMAIL/],
  ])("refuses %j and says why", async (args, message) => {
    const refused = await ingot(...args);
    expect([refused.status === 0, refused.out]).toEqual([false, ""]);
    expect(refused.err).toMatch(message);
  });
});
