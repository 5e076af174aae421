import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";

const verifier = `${randomUUID()}.012345678`;
const challenge = createHash("sha256").update(verifier).digest("base64url");
const redirectUri = "http://localhost:10004/login";
const asked = {
  client_id: "terraform-cli",
  response_type: "code",
  redirect_uri: redirectUri,
  state: "a state",
  code_challenge: challenge,
  code_challenge_method: "S256",
};

describe.each(databasesUnderTest())("a login by browser on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  const clock = { now: Date.now() };
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => clock.now });
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const send = (change: object = {}, headers: Record<string, string> = server.admin) =>
    server.fetch("/api/v1/logins", {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ ...asked, ...change }),
    });

  async function allow(): Promise<string> {
    const to = new URL((await send()).json.redirect_to);
    return to.searchParams.get("code") ?? "";
  }

  const redeem = (form: Record<string, string>) =>
    server.fetch("/oauth2/token", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "user-agent": "Terraform/1.11.4 (+https://x)" },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: "terraform-cli",
        code_verifier: verifier,
        redirect_uri: redirectUri,
        ...form,
      }).toString(),
    });

  const whoIs = (token: string) =>
    server.fetch("/api/v2/account/details", { headers: { authorization: `Bearer ${token}` } });

  it("is announced where terraform and tofu look", async () => {
    const { json } = await server.fetch("/.well-known/terraform.json");
    expect(json["login.v1"]).toEqual({
      client: "terraform-cli",
      grant_types: ["authz_code"],
      authz: "/app/login",
      token: "/oauth2/token",
      ports: [10_000, 10_010],
    });
  });

  it("gives the program a token of the person who allowed it, named after the program", async () => {
    const to = new URL((await send()).json.redirect_to);
    expect(`${to.origin}${to.pathname}`).toBe(redirectUri);
    expect(to.searchParams.get("state")).toBe("a state");
    const answer = await redeem({ code: to.searchParams.get("code") ?? "" });
    expect(answer).toMatchObject({ status: 200, json: { token_type: "bearer" } });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.json).not.toHaveProperty("refresh_token");
    const [own, administrator] = await Promise.all([
      whoIs(answer.json.access_token),
      whoIs(server.bootstrap.admin.token),
    ]);
    expect(own.status).toBe(200);
    expect(own.json.data.id).toBe(administrator.json.data.id);
    const rows = await server.db.selectFrom("tokens").select(["name", "hash"]).execute();
    expect(rows.map(({ name }) => name)).toContain("login of Terraform 1.11.4");
    expect(JSON.stringify(rows)).not.toContain(answer.json.access_token);
  });

  it("takes a code once, also of two at the same moment", async () => {
    const code = await allow();
    const answers = await Promise.all([redeem({ code }), redeem({ code }), redeem({ code })]);
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 400, 400]);
    expect((await redeem({ code })).json).toMatchObject({ error: "invalid_grant" });
  });

  it("takes a code for a minute", async () => {
    const code = await allow();
    clock.now += 60_000;
    expect(await redeem({ code })).toMatchObject({ status: 400, json: { error: "invalid_grant" } });
  });

  it.each([
    ["another verifier", { code_verifier: `${randomUUID()}.876543210` }, "invalid_grant"],
    ["no verifier", { code_verifier: "" }, "invalid_grant"],
    ["another address", { redirect_uri: "http://localhost:10005/login" }, "invalid_request"],
  ])("gives nothing for %s, and the code is used up", async (_what, form, error) => {
    const code = await allow();
    expect(await redeem({ code, ...form })).toMatchObject({ status: 400, json: { error } });
    expect((await redeem({ code })).status).toBe(400);
  });

  it("gives nothing to another client", async () => {
    expect((await redeem({ code: await allow(), client_id: "somebody" })).status).toBe(400);
  });

  it.each([
    ["an address elsewhere", { redirect_uri: "https://evil.example/login" }],
    ["a port that is not announced", { redirect_uri: "http://localhost:22/login" }],
    ["another client", { client_id: "somebody" }],
    ["a challenge that is no hash", { code_challenge_method: "plain" }],
    ["no challenge", { code_challenge: "" }],
    ["a scope", { scope: "everything" }],
    ["an implicit grant", { response_type: "token" }],
  ])("sends nobody anywhere for %s", async (_what, change) => {
    const answer = await send(change);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toContain("redirect_to");
  });

  it("needs a person: neither nobody nor a program can allow it", async () => {
    expect((await send({}, {})).status).toBe(401);
    const { client_id: id, client_secret: secret } = server.bootstrap.service_principal;
    const minted = await server.fetch("/oauth2/token", {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: "grant_type=client_credentials",
    });
    const program = { authorization: `Bearer ${minted.json.access_token}` };
    expect(await send({}, program)).toMatchObject({ status: 403, json: { error: "login_needs_a_person" } });
  });

  it("works for a person whose token is of one project in that project alone", async () => {
    const { id: tokenId } = await server.db
      .selectFrom("tokens")
      .select("id")
      .where("hash", "=", createHash("sha256").update(server.bootstrap.admin.token).digest("hex"))
      .executeTakeFirstOrThrow();
    const confine = (projectId: string | null) =>
      server.db.updateTable("tokens").set({ project_id: projectId }).where("id", "=", tokenId).execute();
    await confine(server.projectId);
    const { access_token: token } = (await redeem({ code: await allow() })).json;
    await confine(null);
    const session = await server.fetch("/api/v1/session", { headers: { authorization: `Bearer ${token}` } });
    expect(session.json.project).toMatchObject({ id: server.projectId });
  });
});
