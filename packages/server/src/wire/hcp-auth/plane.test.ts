import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken, deleteRunTokens } from "../../features/access/index.ts";
import { createServicePrincipalKey, insertPrincipal } from "../../features/principals/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";

describe.each(databasesUnderTest())("the token endpoint on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  const clock = { now: Date.now() };
  let key: { clientId: string; clientSecret: string };
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, {
      now: () => clock.now,
      config: { "tokens-per-minute-max": 40, "token-refusals-per-minute-max": 40 },
    });
    const { client_id, client_secret } = server.bootstrap.service_principal;
    key = { clientId: client_id, clientSecret: client_secret };
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const grant = { grant_type: "client_credentials", audience: "https://api.hashicorp.cloud" };
  const basic = (id: string, secret: string) =>
    `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64")}`;

  function ask(form: Record<string, string>, authorization?: string) {
    return server.fetch("/oauth2/token", {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        ...(authorization === undefined ? {} : { authorization }),
      },
      body: new URLSearchParams(form).toString(),
    });
  }

  const readProjects = (token: string) =>
    server.fetch("/resource-manager/2019-12-10/projects", { headers: { authorization: `Bearer ${token}` } });

  it.each(["basic", "form"])("answers the key of a service principal by %s with a token for an hour", async (by) => {
    const { clientId, clientSecret } = key;
    const answer =
      by === "basic"
        ? await ask(grant, basic(clientId, clientSecret))
        : await ask({ ...grant, client_id: clientId, client_secret: clientSecret });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.json).toEqual({ access_token: expect.any(String), token_type: "Bearer", expires_in: 3600 });
    expect((await readProjects(answer.json.access_token)).status).toBe(200);
    const start = clock.now;
    clock.now += 3_599_000;
    expect((await readProjects(answer.json.access_token)).status).toBe(200);
    clock.now += 1000;
    expect((await readProjects(answer.json.access_token)).status).toBe(401);
    clock.now = start;
  });

  it("decodes each half of Basic by itself", async () => {
    const form = `Basic ${Buffer.from(`${key.clientId.replace(/^./, (c) => `%${c.charCodeAt(0).toString(16)}`)}:${key.clientSecret}`).toString("base64")}`;
    expect((await ask(grant, form)).status).toBe(200);
    const malformed = `Basic ${Buffer.from("%zz:secret").toString("base64")}`;
    expect((await ask(grant, malformed)).json.error).toBe("invalid_client");
  });

  it("stores no token in clear", async () => {
    const { access_token: token } = (await ask(grant, basic(key.clientId, key.clientSecret))).json;
    const rows = await server.db.selectFrom("tokens").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it.each([
    ["a wrong secret", { client_id: "known", client_secret: "wrong" }],
    ["an unknown client", { client_id: "nobody", client_secret: "x" }],
    ["no credentials", {}],
    ["half of them", { client_id: "known" }],
    ["a run that does not exist", { client_id: "run-nothing", client_secret: "ingot_wrong" }],
  ])("refuses %s as an invalid client, in the words of RFC 6749", async (_what, form) => {
    const known = Object.fromEntries(Object.entries(form).map(([k, v]) => [k, v === "known" ? key.clientId : v]));
    const answer = await ask({ ...grant, ...known });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toMatch(/^Basic realm=/);
    expect(answer.json).toEqual({ error: "invalid_client", error_description: expect.any(String) });
  });

  it("refuses other grants and audiences", async () => {
    const credentials = basic(key.clientId, key.clientSecret);
    expect(await ask({ grant_type: "password" }, credentials)).toMatchObject({
      status: 400,
      json: { error: "unsupported_grant_type" },
    });
    for (const form of [{}, { ...grant, audience: "https://elsewhere" }]) {
      expect(await ask(form, credentials)).toMatchObject({ status: 400, json: { error: "invalid_request" } });
    }
    expect((await ask({ grant_type: "client_credentials" }, credentials)).status).toBe(200);
  });

  it("answers what it cannot read in the same shape", async () => {
    const json = await server.fetch("/oauth2/token", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(grant),
    });
    expect(json).toMatchObject({ status: 415, json: { error: "invalid_request" } });
    const large = await ask({ ...grant, filler: "x".repeat(20_000) });
    expect(large).toMatchObject({ status: 413, json: { error: "invalid_request" } });
    expect(await ask({ ...grant, client_id: "a\u0000", client_secret: "x" })).toMatchObject({
      status: 400,
      json: { error: "invalid_request" },
    });
    expect((await ask(grant, basic("a\u0000", "x"))).json.error).toBe("invalid_client");
    expect(await server.fetch("/oauth2/auth")).toMatchObject({ status: 404, json: { error: "invalid_request" } });
  });

  it("gives the token the roles of the service principal, wherever those are", async () => {
    const { organizationId, projectId } = server;
    const principal = await insertPrincipal(
      server.db,
      { kind: "service_principal", organizationId, projectId, name: "confined", role: "viewer" },
      clock.now,
    );
    const own = await createServicePrincipalKey(server.db, principal.id, clock.now);
    const { access_token: token } = (await ask(grant, basic(own.clientId, own.clientSecret))).json;
    expect((await readProjects(token)).json.projects.map((p: any) => p.id)).toEqual([projectId]);
  });

  it("gives a run its own token back, for as long as that is good", async () => {
    const { organizationId, projectId } = server;
    const token = await createToken(
      server.db,
      {
        organizationId,
        projectId,
        principalId: null,
        workspaceId: "ws-1",
        runId: "run-1",
        name: "run",
        expiresAt: clock.now + 600_500,
      },
      clock.now,
    );
    const answer = await ask(grant, basic("run-1", token));
    expect(answer.json).toEqual({ access_token: token, token_type: "Bearer", expires_in: 600 });
    expect((await ask(grant, basic("run-2", token))).status).toBe(401);
    expect((await ask(grant, basic("run-1", server.bootstrap.admin.token))).status).toBe(401);
    await deleteRunTokens(server.db, "run-1");
    expect((await ask(grant, basic("run-1", token))).status).toBe(401);
  });

  it("tells a key that asks too often to wait, and an address that guesses, and keeps out nobody else", async () => {
    const principal = await insertPrincipal(
      server.db,
      { kind: "service_principal", organizationId: server.organizationId, projectId: null, name: "busy" },
      clock.now,
    );
    const busy = await createServicePrincipalKey(server.db, principal.id, clock.now);
    for (let i = 0; i < 40; i++) await ask(grant, basic(busy.clientId, busy.clientSecret));
    const waits = await ask(grant, basic(busy.clientId, busy.clientSecret));
    expect(waits).toMatchObject({ status: 429, json: { error: "temporarily_unavailable" } });
    expect(Number(waits.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await ask(grant, basic(key.clientId, key.clientSecret))).status).toBe(200);
    clock.now += 60_000;
    expect((await ask(grant, basic(busy.clientId, busy.clientSecret))).status).toBe(200);
    for (let i = 0; i < 40; i++) expect((await ask(grant, basic("guess", `${i}`))).status).toBe(401);
    expect((await ask(grant, basic("guess", "more"))).status).toBe(429);
    expect((await ask(grant, basic(key.clientId, key.clientSecret))).status).toBe(200);
  });

  it("forgets tokens a day after they ended", async () => {
    await ask(grant, basic(key.clientId, key.clientSecret));
    const count = async () =>
      Number(
        (
          await server.db
            .selectFrom("tokens")
            .select((e) => e.fn.countAll().as("n"))
            .where("name", "=", "HCP client")
            .executeTakeFirstOrThrow()
        ).n,
      );
    await server.settle();
    expect(await count()).toBeGreaterThan(0);
    clock.now += 3_600_000 + 86_400_000 + 1000;
    await server.settle();
    expect(await count()).toBe(0);
  });
});
