import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken } from "../../features/access/index.ts";
import { insertPrincipal } from "../../features/principals/index.ts";
import {
  databasesUnderTest,
  startTestServer,
  TfeFixture,
  type TestDatabase,
  type TestServer,
} from "../../testing/index.ts";

const dayMs = 86_400_000;

describe.each(databasesUnderTest())("people in the console's API, on $name,", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let count = 0;
  beforeAll(async () => {
    database = await kind.create({ migrated: false });
    server = await startTestServer(database);
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const call = (method: string, path: string, body?: unknown, token = server.bootstrap.admin.token) =>
    server.fetch(`/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  async function must(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await call(method, path, body);
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer.json;
  }

  /** A member of the organization without any role, with a token. */
  async function aMember() {
    const { db, organizationId } = server;
    const name = `p${++count}`;
    const email = `${name}@acme.example`;
    const { id } = await insertPrincipal(
      db,
      { kind: "user", organizationId, projectId: null, name, email },
      Date.now(),
    );
    const token = await createToken(
      db,
      { organizationId, projectId: null, principalId: id, name: "test", expiresAt: null },
      0,
    );
    const membership = (await must("GET", `/members?q=${email}`)).members[0].id as string;
    const as = (method: string, path: string, body?: unknown) => call(method, path, body, token);
    return { id, name, email, membership, as };
  }
  const aTeam = (more: object = {}) => must("POST", "/teams", { name: `t${++count}`, ...more });

  it("members are listed to those who manage them, page by page; everybody else sees itself", async () => {
    const [one, two] = [await aMember(), await aMember()];
    const all = await must("GET", "/members?limit=100");
    expect(all.can_manage).toBe(true);
    const emails = all.members.map(({ email }: any) => email);
    expect(emails).toEqual(expect.arrayContaining([one.email, two.email]));
    const last = await must("GET", `/members?limit=1&page=${all.total}`);
    expect([last.total, last.members[0].email]).toEqual([all.total, two.email]);
    const own = (await one.as("GET", "/members")).json;
    expect(own).toMatchObject({ total: 1, can_manage: false, members: [{ is_self: true, email: one.email }] });
    expect((await one.as("DELETE", `/members/${two.membership}`)).status).toBe(403);
    expect((await one.as("POST", "/members", { email: "x@acme.example" })).status).toBe(403);
    await must("DELETE", `/members/${two.membership}`);
    expect((await must("GET", `/members?q=${two.email}`)).total).toBe(0);
  });

  it("the last owner stays", async () => {
    const admin = (await must("GET", "/members")).members.find(({ is_self: isSelf }: any) => isSelf);
    const refused = await call("DELETE", `/members/${admin.id}`);
    expect([refused.status, refused.json.error]).toEqual([409, "last_owner"]);
  });

  it("a team is made, changed and deleted, and says what of it the caller may do", async () => {
    const team = await aTeam({ organization_access: ["read-workspaces"] });
    expect(team).toMatchObject({ visibility: "secret", can_change: true, can_change_access: true, can_delete: true });
    const person = await aMember();
    expect((await person.as("GET", `/teams/${team.id}`)).status).toBe(404);
    const change = { visibility: "organization", organization_access: ["manage-workspaces"] };
    expect(await must("PATCH", `/teams/${team.id}`, change)).toMatchObject(change);
    const seen = (await person.as("GET", `/teams/${team.id}`)).json;
    const may = { can_change: false, can_change_members: false, can_change_access: false, can_delete: false };
    expect(seen).toMatchObject({ ...may, can_manage_tokens: false });
    for (const [method, body] of [["PATCH", { name: "mine" }], ["DELETE"]] as const) {
      expect((await person.as(method, `/teams/${team.id}`, body)).status).toBe(403);
    }
    expect((await call("PATCH", `/teams/${team.id}`, { organization_access: ["fly"] })).status).toBe(422);
    await must("DELETE", `/teams/${team.id}`);
    expect((await call("GET", `/teams/${team.id}`)).status).toBe(404);
  });

  it("members go into a team and out of it; who is not one of the organization does not", async () => {
    const team = await aTeam({ visibility: "organization" });
    const person = await aMember();
    await must("PUT", `/teams/${team.id}/members/${person.membership}`);
    expect(await must("GET", `/teams/${team.id}`)).toMatchObject({ member_count: 1 });
    // Their addresses are not for everybody.
    const seen = (await (await aMember()).as("GET", `/teams/${team.id}/members`)).json;
    expect(seen).toMatchObject({ total: 1, members: [{ user: { name: person.name }, email: null }] });
    expect((await call("PUT", `/teams/${team.id}/members/ou-nobody`)).status).toBe(404);
    expect((await person.as("PUT", `/teams/${team.id}/members/${person.membership}`)).status).toBe(403);
    await must("DELETE", `/teams/${team.id}/members/${person.membership}`);
    expect((await must("GET", `/teams/${team.id}/members`)).total).toBe(0);
  });

  it.each(["workspace", "project"] as const)("access to a %s is given, changed and taken away", async (what) => {
    const workspace = await tfe.createWorkspace(`w${++count}`);
    const target = what === "workspace" ? (workspace.id as string) : server.projectId;
    const team = await aTeam();
    const person = await aMember();
    await must("PUT", `/teams/${team.id}/members/${person.membership}`);
    const reads = async () => (await person.as("GET", `/workspaces/${workspace.id}`)).status;
    expect(await reads()).toBe(403);
    const given = await must("POST", "/team-access", { team_id: team.id, [what]: target, level: "read" });
    expect(given).toEqual({ id: expect.any(String), team: { id: team.id, name: team.name }, level: "read" });
    expect(await reads()).toBe(200);
    const list = await must("GET", `/team-access?${what}=${target}`);
    expect(list).toMatchObject({ can_change: true, team_access: expect.arrayContaining([given]) });
    expect((await person.as("PATCH", `/team-access/${given.id}`, { level: "admin" })).status).toBe(403);
    expect((await person.as("GET", `/team-access?${what}=${target}`)).status).toBe(403);
    for (const level of list.levels) await must("PATCH", `/team-access/${given.id}`, { level });
    const wrong = what === "workspace" ? "maintain" : "plan";
    expect((await call("PATCH", `/team-access/${given.id}`, { level: wrong })).json.error).toBe("team_access_level");
    // Whoever administers the place changes who else does.
    const own = (await person.as("GET", `/team-access?${what}=${target}`)).json;
    expect(own).toMatchObject({ can_change: true });
    await must("DELETE", `/team-access/${given.id}`);
    expect(await reads()).toBe(403);
  });

  it("a token of one's own is shown once, lasts as long as was asked, and ends when it is deleted", async () => {
    const person = await aMember();
    const expiresAt = new Date(Date.now() + dayMs).toISOString();
    const made = (await person.as("POST", "/tokens", { description: "laptop", expires_at: expiresAt })).json;
    expect(made).toMatchObject({ purpose: "user", description: "laptop", expires_at: expiresAt });
    const { token, ...shown } = made;
    expect((await person.as("GET", "/tokens")).json).toEqual({ tokens: [shown] });
    expect((await call("GET", "/tokens", undefined, token)).status).toBe(200);
    expect((await call("DELETE", `/tokens/${made.id}`)).status).toBe(404);
    expect((await person.as("DELETE", `/tokens/${made.id}`)).status).toBe(204);
    expect((await call("GET", "/tokens", undefined, token)).status).toBe(401);
    const past = { description: "late", expires_at: "2020-01-01T00:00:00Z" };
    expect((await person.as("POST", "/tokens", past)).json.error).toBe("token_expiry");
  });

  it("tokens of a team are made by who manages it, and by its members where it allows them to", async () => {
    const team = await aTeam({ allow_member_token_management: true });
    const person = await aMember();
    const outsider = await aMember();
    await must("PUT", `/teams/${team.id}/members/${person.membership}`);
    expect((await person.as("GET", `/teams/${team.id}`)).json).toMatchObject({ can_manage_tokens: true });
    const made = await person.as("POST", `/teams/${team.id}/tokens`, { description: "ci" });
    expect(made.status).toBe(201);
    expect((await call("GET", "/teams", undefined, made.json.token)).json.teams).toContainEqual(
      expect.objectContaining({ id: team.id }),
    );
    expect((await outsider.as("GET", `/teams/${team.id}/tokens`)).status).toBe(404);
    await must("PATCH", `/teams/${team.id}`, { allow_member_token_management: false });
    expect((await person.as("GET", `/teams/${team.id}/tokens`)).status).toBe(403);
    expect((await must("GET", `/teams/${team.id}/tokens`)).tokens).toHaveLength(1);
    await must("DELETE", `/tokens/${made.json.id}`);
  });

  it("of the organization's own tokens there is one of each purpose", async () => {
    const first = await must("POST", "/organization-tokens", { purpose: "organization" });
    const second = await must("POST", "/organization-tokens", { purpose: "organization" });
    await must("POST", "/organization-tokens", { purpose: "audit-trails" });
    const { tokens } = await must("GET", "/organization-tokens");
    expect(tokens.map((one: any) => one.purpose)).toEqual(["organization", "audit-trails"]);
    expect((await call("GET", "/teams", undefined, first.token)).status).toBe(401);
    expect((await call("GET", "/teams", undefined, second.token)).status).toBe(200);
    expect((await (await aMember()).as("GET", "/organization-tokens")).status).toBe(403);
  });
});
