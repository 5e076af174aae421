import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken } from "../../features/access/index.ts";
import { insertPrincipal } from "../../features/principals/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { runBody, TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("tokens on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let now = Date.UTC(2026, 0, 1);
  let names = 0;

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => now });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const body = (attributes: object = {}) => ({ data: { type: "authentication-tokens", attributes } });
  const ofOrganization = () => `organizations/${tfe.organization}/authentication-token`;
  const with_ = (token: string) => (method: string, path: string, content?: unknown) =>
    tfe.api(method, path, content, { token });
  const aTeam = async (attributes: object = {}): Promise<any> =>
    tfe.must("POST", `organizations/${tfe.organization}/teams`, {
      data: { type: "teams", attributes: { name: `team-${++names}`, ...attributes } },
    });

  async function aPerson() {
    const { db, organizationId } = server;
    const { id, name } = await insertPrincipal(
      db,
      { kind: "user", organizationId, projectId: null, name: `person-${++names}` },
      0,
    );
    const token = { organizationId, projectId: null, principalId: id, name: "test", expiresAt: null };
    return { id, name, call: with_(await createToken(db, token, now)) };
  }

  it("of a person are made, shown without the secret, and ended by that person alone", async () => {
    const [person, other] = [await aPerson(), await aPerson()];
    const path = `users/${person.id}/authentication-tokens`;
    const made = (await person.call("POST", path, body({ description: "laptop" }))).json.data;
    expect(made).toMatchObject({
      attributes: { description: "laptop", "expired-at": null },
      relationships: { "created-by": { data: { type: "users", id: person.id } } },
    });
    const call = with_(made.attributes.token);
    expect((await call("GET", "account/details")).json.data.id).toBe(person.id);
    const [shown] = (await person.call("GET", path)).json.data;
    const used = new Date(now).toISOString();
    expect(shown).toMatchObject({ id: made.id, attributes: { token: null, "last-used-at": used } });
    for (const [method, at] of [
      ["GET", path],
      ["POST", path],
      ["GET", `authentication-tokens/${made.id}`],
      ["DELETE", `authentication-tokens/${made.id}`],
    ] as const) {
      expect((await other.call(method, at, method === "POST" ? body() : undefined)).status).toBe(404);
    }
    expect((await person.call("DELETE", `authentication-tokens/${made.id}`)).status).toBe(204);
    expect((await call("GET", "account/details")).status).toBe(401);
    const stored = JSON.stringify(await server.db.selectFrom("tokens").selectAll().execute());
    expect(stored).not.toContain(made.attributes.token);
  });

  it("end at their time, which lies in the future when they are made", async () => {
    const person = await aPerson();
    const path = `users/${person.id}/authentication-tokens`;
    const past = await person.call("POST", path, body({ "expired-at": new Date(now).toISOString() }));
    expect(past.status).toBe(422);
    const at = new Date(now + 60_000).toISOString();
    const made = (await person.call("POST", path, body({ "expired-at": at }))).json.data;
    expect(made.attributes["expired-at"]).toBe(at);
    const call = with_(made.attributes.token);
    expect((await call("GET", "account/details")).status).toBe(200);
    now += 60_000;
    expect((await call("GET", "account/details")).status).toBe(401);
  });

  it("that work in one project make none that work everywhere", async () => {
    const { db, organizationId, projectId } = server;
    const { id } = await aPerson();
    const confined = { organizationId, projectId, principalId: id, name: "test", expiresAt: null };
    const call = with_(await createToken(db, confined, now));
    const refused = await call("POST", `users/${id}/authentication-tokens`, body());
    expect(refused.json.errors[0]).toMatchObject({ status: "403", code: "confined_credential" });
  });

  describe("of a team", () => {
    it("act with what the team may, and with nothing of who made them", async () => {
      const workspace = await tfe.createWorkspace(`w${++names}`);
      const team = await aTeam();
      await tfe.must("POST", "team-workspaces", {
        data: {
          type: "team-workspaces",
          attributes: { access: "write" },
          relationships: {
            team: { data: { type: "teams", id: team.id } },
            workspace: { data: { type: "workspaces", id: workspace.id } },
          },
        },
      });
      const made = await tfe.must("POST", `teams/${team.id}/authentication-token`, body());
      const call = with_(made.attributes.token);
      await tfe.upload(workspace.id);
      expect((await call("POST", "runs", runBody(workspace.id, { "plan-only": true }))).status).toBe(201);
      expect((await call("DELETE", `workspaces/${workspace.id}`)).status).toBe(403);
      const create = { data: { type: "organizations", attributes: { name: "mine", email: "a@b.example" } } };
      expect((await call("POST", "organizations", create)).status).toBe(403);
      expect((await call("GET", "organization/audit-trail")).status).toBe(403);
      await tfe.must("DELETE", `teams/${team.id}`);
      expect((await call("GET", `workspaces/${workspace.id}`)).status).toBe(401);
    });

    it("take the place of the one before without a description, and stand side by side with one", async () => {
      const team = await aTeam();
      const legacy = `teams/${team.id}/authentication-token`;
      const first = await tfe.must("POST", legacy, body());
      const second = await tfe.must("POST", legacy, body());
      expect((await with_(first.attributes.token)("GET", `teams/${team.id}`)).status).toBe(401);
      expect((await with_(second.attributes.token)("GET", `teams/${team.id}`)).status).toBe(200);
      await tfe.must("POST", `${legacy}s`, body({ description: "ci" }));
      const taken = await tfe.api("POST", `${legacy}s`, body({ description: "ci" }));
      expect(taken.json.errors[0]).toMatchObject({ status: "422", title: "invalid attributes" });
      expect(await tfe.must("GET", `${legacy}s`)).toHaveLength(2);
    });

    it("are managed by its members only where the team allows it", async () => {
      const [open, closed] = [await aTeam(), await aTeam({ "allow-member-token-management": false })];
      const person = await aPerson();
      const users = { data: [{ type: "users", id: person.name }] };
      for (const { id } of [open, closed]) await tfe.must("POST", `teams/${id}/relationships/users`, users);
      const make = async ({ id }: any) =>
        (await person.call("POST", `teams/${id}/authentication-token`, body())).status;
      expect([await make(open), await make(closed)]).toEqual([201, 403]);
    });
  });

  it("of the organization manage everything and start nothing", async () => {
    const made = await tfe.must("POST", ofOrganization(), body());
    const call = with_(made.attributes.token);
    const path = `organizations/${tfe.organization}`;
    const named = (type: string) => ({ data: { type, attributes: { name: `o${++names}` } } });
    const workspace = (await call("POST", `${path}/workspaces`, named("workspaces"))).json.data;
    expect((await call("POST", `${path}/teams`, named("teams"))).status).toBe(201);
    await tfe.upload(workspace.id);
    const version = { data: { type: "configuration-versions", attributes: {} } };
    const state = { data: { type: "state-versions", attributes: { serial: 1, md5: "x", lineage: "l" } } };
    for (const [method, at, content] of [
      ["POST", "runs", runBody(workspace.id, {})],
      ["POST", `workspaces/${workspace.id}/configuration-versions`, version],
      ["POST", `workspaces/${workspace.id}/state-versions`, state],
      ["POST", ofOrganization(), body()],
      ["DELETE", path, undefined],
    ] as const) {
      expect((await call(method, at, content)).status, `${method} ${at}`).toBe(403);
    }
    // What a plan writes is for those who run it.
    const planned = await tfe.plannedRun((await tfe.createWorkspace(`w${++names}`)).id);
    const plan = planned.relationships.plan.data.id;
    for (const at of [`plans/${plan}/json-output`, `runs/${planned.id}/plan/json-output`]) {
      expect((await call("GET", at)).status).toBe(403);
    }
    const next = await tfe.must("POST", ofOrganization(), body());
    expect((await call("GET", path)).status).toBe(401);
    await tfe.must("DELETE", ofOrganization());
    expect((await with_(next.attributes.token)("GET", path)).status).toBe(401);
    expect((await tfe.api("GET", ofOrganization())).status).toBe(404);
  });

  it("for the audit trail read what was done, and nothing else", async () => {
    const made = await tfe.must("POST", `${ofOrganization()}?token=audit-trails`, body());
    const call = with_(made.attributes.token);
    // Late in a second: what happened in it already is of that second, and is not told again.
    now += 1900 - (now % 1000);
    await tfe.createWorkspace(`w${++names}`);
    const before = `${new Date(now).toISOString().slice(0, 19)}Z`;
    now += 1000;
    const workspace = await tfe.createWorkspace(`w${++names}`);
    await tfe.must("POST", `workspaces/${workspace.id}/actions/lock`, { reason: "" });
    const trail = await call("GET", `organization/audit-trail?since=${before}`);
    expect(trail.headers.get("content-type")).toContain("application/json");
    expect(trail.json.data.map((one: any) => [one.resource.type, one.resource.action, one.resource.id])).toEqual([
      ["workspace", "create", workspace.id],
      ["workspace", "lock", workspace.id],
    ]);
    expect(trail.json.pagination).toMatchObject({ current_page: 1, next_page: null, total_count: 2 });
    expect((await call("GET", `workspaces/${workspace.id}`)).status).toBe(404);
    expect((await call("GET", `organizations/${tfe.organization}/workspaces`)).status).toBe(403);
    expect((await tfe.api("GET", "organization/audit-trail")).status).toBe(403);
  });

  it("of a browser last no longer than the organization has set", async () => {
    const set = (minutes: object) =>
      tfe.must("PATCH", `organizations/${tfe.organization}`, { data: { type: "organizations", attributes: minutes } });
    const signIn = async () => {
      const answer = await server.fetch("/api/v1/session", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token: server.bootstrap.admin.token }),
      });
      expect(answer.status).toBe(201);
      return Date.parse(answer.json.expires_at) - now;
    };
    expect(await signIn()).toBe(12 * 3_600_000);
    await set({ "session-timeout": 30, "session-remember": 60 });
    expect(await signIn()).toBe(30 * 60_000);
    await set({ "session-timeout": 100_000, "session-remember": 100_000 });
    expect(await signIn()).toBe(12 * 3_600_000);
  });

  it("of persons are refused by an organization that takes none, wherever it is asked about", async () => {
    const name = `closed-${++names}`;
    const organization = (attributes: object) => ({ data: { type: "organizations", attributes } });
    await tfe.must("POST", "organizations", organization({ name, email: "a@b.example" }));
    const workspace = await tfe.must("POST", `organizations/${name}/workspaces`, {
      data: { type: "workspaces", attributes: { name: "w" } },
    });
    const [owners] = await tfe.must("GET", `organizations/${name}/teams`);
    const made = await tfe.must("POST", `teams/${owners.id}/authentication-token`, body());
    const call = with_(made.attributes.token);
    const set = async (enabled: boolean) =>
      (await call("PATCH", `organizations/${name}`, organization({ "user-tokens-enabled": enabled }))).status;
    expect(await set(false)).toBe(200);
    expect((await tfe.api("GET", `organizations/${name}`)).status).toBe(401);
    expect((await tfe.api("GET", `workspaces/${workspace.id}`)).status).toBe(404);
    expect((await tfe.api("GET", `organizations/${tfe.organization}`)).status).toBe(200);
    expect(await set(true)).toBe(200);
    expect((await tfe.api("GET", `workspaces/${workspace.id}`)).status).toBe(200);
  });
});
