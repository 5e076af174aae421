import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken } from "../../features/access/index.ts";
import { insertPrincipal } from "../../features/principals/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { aState, runBody, TfeFixture, type Answer } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("teams on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let names = 0;

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database);
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const ofTeam = (attributes: object) => ({ data: { type: "teams", attributes } });
  const users = (...ids: string[]) => ({ data: ids.map((id) => ({ type: "users", id })) });

  async function aTeam(attributes: object = {}): Promise<any> {
    const path = `organizations/${tfe.organization}/teams`;
    return tfe.must("POST", path, ofTeam({ name: `team-${++names}`, ...attributes }));
  }

  /** A person of the organization without any role, in these teams. */
  async function aPerson(...teams: { id: string }[]) {
    const { db, organizationId } = server;
    const name = `person-${++names}`;
    const { id } = await insertPrincipal(db, { kind: "user", organizationId, projectId: null, name }, 0);
    const token = await createToken(
      db,
      { organizationId, projectId: null, principalId: id, name: "test", expiresAt: null },
      0,
    );
    for (const team of teams) await tfe.must("POST", `teams/${team.id}/relationships/users`, users(name));
    const call = (method: string, path: string, body?: unknown): Promise<Answer> =>
      tfe.api(method, path, body, { token });
    return { id, name, call };
  }

  const accessTo = (target: "workspace" | "project", id: string, team: { id: string }, attributes: object) =>
    tfe.api("POST", `team-${target}s`, {
      data: {
        type: `team-${target}s`,
        attributes,
        relationships: {
          team: { data: { type: "teams", id: team.id } },
          [target]: { data: { type: `${target}s`, id } },
        },
      },
    });

  it("may know of a team who is in it or manages teams, and of one that is visible every member", async () => {
    const [secret, visible] = [await aTeam(), await aTeam({ visibility: "organization" })];
    const [member, other] = [await aPerson(secret), await aPerson()];
    const seen = async ({ call }: typeof member, team: { id: string }) =>
      (await call("GET", `teams/${team.id}`)).status;
    expect([await seen(member, secret), await seen(member, visible)]).toEqual([200, 200]);
    expect([await seen(other, secret), await seen(other, visible)]).toEqual([404, 200]);
    const listed = (await other.call("GET", `organizations/${tfe.organization}/teams?page%5Bsize%5D=100`)).json.data;
    const ids = listed.map((one: any) => one.id);
    expect(ids).toContain(visible.id);
    expect(ids).not.toContain(secret.id);
  });

  describe("at one workspace", () => {
    type Call = Awaited<ReturnType<typeof aPerson>>["call"];
    /** What can be done in a workspace, least first; each is tried and said to be refused, or not. */
    const acts: Record<string, (call: Call, id: string) => Promise<Answer>> = {
      read: (call, id) => call("GET", `workspaces/${id}`),
      "read variables": (call, id) => call("GET", `workspaces/${id}/vars`),
      "read outputs": (call, id) => call("GET", `workspaces/${id}/current-state-version-outputs`),
      "read state": (call, id) => call("GET", `workspaces/${id}/current-state-version`),
      plan: (call, id) => call("POST", "runs", runBody(id, { "plan-only": true })),
      "write variables": (call, id) =>
        call("POST", `workspaces/${id}/vars`, {
          data: { type: "vars", attributes: { key: `k${++names}`, value: "v", category: "terraform" } },
        }),
      lock: (call, id) => call("POST", `workspaces/${id}/actions/lock`, { reason: "" }),
      unlock: (call, id) => call("POST", `workspaces/${id}/actions/unlock`),
      settings: (call, id) =>
        call("PATCH", `workspaces/${id}`, { data: { type: "workspaces", attributes: { description: "d" } } }),
      "read access": (call, id) => call("GET", `team-workspaces?filter%5Bworkspace%5D%5Bid%5D=${id}`),
    };
    const all = Object.keys(acts);
    const reads = ["read", "read variables", "read outputs", "read state"];

    it.each([
      [{ access: "read" }, reads],
      [{ access: "plan" }, [...reads, "plan"]],
      [{ access: "write" }, [...reads, "plan", "write variables", "lock", "unlock"]],
      [{ access: "admin" }, all],
      [{ access: "custom" }, ["read"]],
      [{ access: "custom", variables: "read", runs: "plan" }, ["read", "read variables", "plan"]],
      [{ access: "custom", "state-versions": "read-outputs" }, ["read", "read outputs"]],
      [{ access: "custom", "workspace-locking": true }, ["read", "lock", "unlock"]],
    ])("%j lets its members do exactly this there, and nothing elsewhere", async (attributes, allowed) => {
      const [here, elsewhere] = [await tfe.createWorkspace(`w${++names}`), await tfe.createWorkspace(`w${++names}`)];
      await tfe.upload(here.id);
      await tfe.storeState(here.id, aState(1));
      const team = await aTeam();
      expect((await accessTo("workspace", here.id, team, attributes)).status).toBe(201);
      const { call } = await aPerson(team);
      const done = [];
      for (const [name, act] of Object.entries(acts)) {
        const answer = await act(call, here.id);
        expect(answer.status, `${name}: ${answer.text}`).toBeOneOf([200, 201, 403]);
        if (answer.status !== 403) done.push(name);
        const [hidden, missing] = [await act(call, elsewhere.id), await act(call, "ws-aaaaaaaaaaaaaaaa")];
        expect(hidden.status, `${name} elsewhere`).toBe(allowed.includes(name) ? 404 : missing.status);
        expect(hidden.json).toEqual(missing.json);
      }
      expect(done).toEqual(allowed);
      const path = `organizations/${tfe.organization}`;
      const listed = (await call("GET", `${path}/workspaces`)).json.data;
      expect(listed.map((one: any) => one.id)).toEqual([here.id]);
      expect((await call("GET", `${path}/workspaces/${elsewhere.attributes.name}`)).status).toBe(404);
      expect((await call("GET", `${path}/projects`)).json.data).toHaveLength(1);
      const make = { data: { type: "workspaces", attributes: { name: "mine" } } };
      expect((await call("POST", `${path}/workspaces`, make)).status).toBeOneOf([403, 404]);
    });

    it("ends with the membership, the team and the access itself", async () => {
      const workspace = await tfe.createWorkspace(`w${++names}`);
      const team = await aTeam();
      const { json } = await accessTo("workspace", workspace.id, team, { access: "read" });
      const [one, other] = [await aPerson(team), await aPerson(team)];
      const sees = async ({ call }: typeof one) => (await call("GET", `workspaces/${workspace.id}`)).status;
      expect([await sees(one), await sees(other)]).toEqual([200, 200]);
      await tfe.must("DELETE", `teams/${team.id}/relationships/users`, users(one.name));
      expect([await sees(one), await sees(other)]).toEqual([404, 200]);
      await tfe.must("DELETE", `team-workspaces/${json.data.id}`);
      expect(await sees(other)).toBe(404);
    });

    it("is shown as what the level stands for, and details are set for the level custom only", async () => {
      const workspace = await tfe.createWorkspace(`w${++names}`);
      const team = await aTeam();
      const refused = await accessTo("workspace", workspace.id, team, { access: "read", runs: "apply" });
      expect(refused.json.errors[0]).toMatchObject({
        status: "422",
        title: "invalid attribute",
        detail: "Runs is read-only when access level is 'read'; use the 'custom' access level to set this attribute.",
      });
      const { data } = (await accessTo("workspace", workspace.id, team, { access: "admin" })).json;
      expect(data.attributes).toMatchObject({ runs: "apply", variables: "write", "workspace-locking": true });
      expect((await accessTo("workspace", workspace.id, team, { access: "read" })).status).toBe(422);
      const change = { data: { type: "team-workspaces", attributes: { access: "custom", runs: "plan" } } };
      expect((await tfe.must("PATCH", `team-workspaces/${data.id}`, change)).attributes).toMatchObject({
        access: "custom",
        runs: "plan",
        // As it was.
        variables: "write",
      });
    });
  });

  it.each([
    [{ access: "read" }, { see: 200, make: 403, settings: 403, teams: 403, set: 403, move: 403, remove: 403 }],
    [{ access: "write" }, { see: 200, make: 403, settings: 403, teams: 403, set: 201, move: 403, remove: 403 }],
    [{ access: "maintain" }, { see: 200, make: 201, settings: 403, teams: 403, set: 201, move: 403, remove: 403 }],
    [{ access: "admin" }, { see: 200, make: 201, settings: 200, teams: 200, set: 201, move: 200, remove: 204 }],
    [
      { access: "custom", "project-access": { teams: "read" }, "workspace-access": { create: true } },
      { see: 200, make: 201, settings: 403, teams: 200, set: 403, move: 403, remove: 403 },
    ],
    [
      {
        access: "custom",
        "project-access": { settings: "update", "variable-sets": "read" },
        "workspace-access": { move: true },
      },
      { see: 200, make: 403, settings: 200, teams: 403, set: 403, move: 200, remove: 403 },
    ],
  ])("at one project %j gives what it says, there only", async (attributes, expected) => {
    const path = `organizations/${tfe.organization}`;
    const aProject = async () =>
      tfe.must("POST", `${path}/projects`, { data: { type: "projects", attributes: { name: `project ${++names}` } } });
    const [here, there, empty, elsewhere] = [await aProject(), await aProject(), await aProject(), await aProject()];
    const inProject = (id: string) => ({
      data: {
        type: "workspaces",
        attributes: { name: `w${++names}` },
        relationships: { project: { data: { type: "projects", id } } },
      },
    });
    const workspace = await tfe.must("POST", `${path}/workspaces`, inProject(here.id));
    const team = await aTeam();
    for (const { id } of [here, there, empty]) {
      expect((await accessTo("project", id, team, attributes)).status).toBe(201);
    }
    const { call } = await aPerson(team);
    const set = {
      data: {
        type: "varsets",
        attributes: { name: `set ${++names}`, global: false },
        relationships: { parent: { data: { type: "projects", id: here.id } } },
      },
    };
    const moveTo = ({ id }: { id: string }) => ({
      data: { type: "workspaces", relationships: { project: { data: { type: "projects", id } } } },
    });
    const describe = { data: { type: "projects", attributes: { description: "d" } } };
    expect({
      see: (await call("GET", `workspaces/${workspace.id}`)).status,
      make: (await call("POST", `${path}/workspaces`, inProject(here.id))).status,
      settings: (await call("PATCH", `projects/${here.id}`, describe)).status,
      teams: (await call("GET", `team-projects?filter%5Bproject%5D%5Bid%5D=${here.id}`)).status,
      set: (await call("POST", `${path}/varsets`, set)).status,
      move: (await call("PATCH", `workspaces/${workspace.id}`, moveTo(there))).status,
      remove: (await call("DELETE", `projects/${empty.id}`)).status,
    }).toEqual(expected);
    expect((await call("PATCH", `workspaces/${workspace.id}`, moveTo(elsewhere))).status).toBeOneOf([403, 404]);
    expect((await call("GET", `projects/${elsewhere.id}`)).status).toBe(404);
  });

  it("that administer a workspace delete it with resources in its state only where the organization allows it", async () => {
    const team = await aTeam();
    const { call } = await aPerson(team);
    const resources = [{ mode: "managed", type: "a", name: "b", provider: 'provider["x/y/z"]', instances: [{}] }];
    const managing = async (): Promise<string> => {
      const { id } = await tfe.createWorkspace(`w${++names}`);
      await tfe.storeState(id, aState(1, { resources }));
      await accessTo("workspace", id, team, { access: "admin" });
      return id;
    };
    const allow = (allowed: boolean) =>
      tfe.must("PATCH", `organizations/${tfe.organization}`, {
        data: { type: "organizations", attributes: { "allow-force-delete-workspaces": allowed } },
      });
    const mayForce = async (id: string) =>
      (await call("GET", `workspaces/${id}`)).json.data.attributes.permissions["can-force-delete"];
    const [one, other] = [await managing(), await managing()];
    expect(await mayForce(one)).toBe(false);
    const refused = await call("DELETE", `workspaces/${one}`);
    expect([refused.status, refused.json.errors[0].code]).toEqual([403, "force_delete_not_allowed"]);
    await allow(true);
    expect(await mayForce(one)).toBe(true);
    expect((await call("DELETE", `workspaces/${one}`)).status).toBe(204);
    await allow(false);
    await tfe.must("DELETE", `workspaces/${other}`);
  });

  describe("in the whole organization", () => {
    it("give what their flags say, to others no more than one has", async () => {
      const managers = await aTeam({ "organization-access": { "manage-teams": true, "manage-membership": true } });
      const access = { "manage-workspaces": true, "manage-projects": true };
      const builders = await aTeam({ visibility: "organization", "organization-access": access });
      const [manager, builder] = [await aPerson(managers), await aPerson(builders)];
      const path = `organizations/${tfe.organization}`;
      const workspace = { data: { type: "workspaces", attributes: { name: `w${++names}` } } };
      expect((await builder.call("POST", `${path}/workspaces`, workspace)).status).toBe(201);
      expect((await manager.call("POST", `${path}/workspaces`, workspace)).status).toBe(403);
      const made = await manager.call("POST", `${path}/teams`, ofTeam({ name: `made-${++names}` }));
      expect(made.status).toBe(201);
      const greedy = { "organization-access": { "manage-workspaces": true } };
      expect((await manager.call("PATCH", `teams/${made.json.data.id}`, ofTeam(greedy))).status).toBe(403);
      for (const id of [builders.id, (await owners()).id]) {
        const joined = await manager.call("POST", `teams/${id}/relationships/users`, users(manager.name));
        expect(joined.status).toBe(403);
        expect(joined.json.errors[0].code).toBe("team_beyond_you");
      }
    });

    it("let them override policies of the workspaces that they administer, and of no others", async () => {
      const [managed, used] = [await tfe.createWorkspace(`w${++names}`), await tfe.createWorkspace(`w${++names}`)];
      const team = await aTeam({ "organization-access": { "delegate-policy-overrides": true } });
      await accessTo("workspace", managed.id, team, { access: "admin" });
      await accessTo("workspace", used.id, team, { access: "write" });
      const [member, other] = [await aPerson(team), await aPerson(await aTeam({ name: "team/with/slashes" }))];
      const mayOverride = async (workspaceId: string): Promise<boolean> => {
        const run = await tfe.createRun(workspaceId);
        const { permissions } = (await member.call("GET", `runs/${run.id}`)).json.data.attributes;
        await tfe.must("POST", `runs/${run.id}/actions/cancel`);
        expect((await other.call("GET", `runs/${run.id}`)).status).toBe(404);
        return permissions["can-override-policy-check"];
      };
      expect([await mayOverride(managed.id), await mayOverride(used.id)]).toEqual([true, false]);
    });

    it("of one that is not known are refused, never ignored", async () => {
      const body = ofTeam({ name: "x", "organization-access": { "manage-everything": true } });
      const refused = await tfe.api("POST", `organizations/${tfe.organization}/teams`, body);
      expect(refused.status).toBe(422);
      expect(refused.json.errors[0].detail).toContain("manage-everything");
    });
  });

  async function owners(): Promise<any> {
    return (await tfe.must("GET", `organizations/${tfe.organization}/teams?filter%5Bnames%5D=owners`))[0];
  }

  it("named owners owns the organization, and is never without anybody", async () => {
    const { id } = await owners();
    const person = await aPerson({ id });
    const change = { data: { type: "organizations", attributes: { email: "new@acme.example" } } };
    expect((await person.call("PATCH", `organizations/${tfe.organization}`, change)).status).toBe(200);
    await tfe.must("DELETE", `teams/${id}/relationships/users`, users(person.name));
    const left = await tfe.api("DELETE", `teams/${id}/relationships/users`, users("admin"));
    expect(left.status).toBe(409);
    expect((await tfe.api("DELETE", `teams/${id}`)).status).toBe(422);
    expect((await tfe.api("PATCH", `teams/${id}`, ofTeam({ name: "others" }))).status).toBe(422);
  });

  describe("the members of an organization", () => {
    const memberships = () => `organizations/${tfe.organization}/organization-memberships`;
    const invitation = (email: string, ...teams: { id: string }[]) => ({
      data: {
        type: "organization-memberships",
        attributes: { email },
        relationships: { teams: { data: teams.map(({ id }) => ({ type: "teams", id })) } },
      },
    });

    it("are invited by address into teams, and may do nothing before they accept", async () => {
      const workspace = await tfe.createWorkspace(`w${++names}`);
      const team = await aTeam();
      await accessTo("workspace", workspace.id, team, { access: "read" });
      const { db } = server;
      // Somebody of another organization, with a token of its own.
      const other = await tfe.must("POST", "organizations", {
        data: { type: "organizations", attributes: { name: `home-${++names}`, email: "a@b.example" } },
      });
      const home = (
        await db.selectFrom("organizations").select("id").where("name", "=", other.id).executeTakeFirstOrThrow()
      ).id;
      const email = `eve-${++names}@elsewhere.example`;
      const eve = await insertPrincipal(
        db,
        { kind: "user", organizationId: home, projectId: null, name: `eve-${names}`, email },
        0,
      );
      const token = await createToken(
        db,
        { organizationId: home, projectId: null, principalId: eve.id, name: "test", expiresAt: null },
        0,
      );
      const call = (method: string, path: string) => tfe.api(method, path, undefined, { token });
      const made = await tfe.must("POST", memberships(), invitation(email.toUpperCase(), team));
      expect(made).toMatchObject({
        attributes: { status: "invited", email },
        relationships: { user: { data: { id: eve.id } } },
      });
      expect((await call("GET", `workspaces/${workspace.id}`)).status).toBe(404);
      expect((await call("GET", `organizations/${tfe.organization}`)).status).toBe(404);
      expect((await tfe.api("POST", `organization-memberships/${made.id}/actions/accept`)).status).toBe(404);
      expect((await call("POST", `organization-memberships/${made.id}/actions/accept`)).status).toBe(200);
      expect((await call("GET", `workspaces/${workspace.id}`)).status).toBe(200);
      expect((await tfe.api("POST", memberships(), invitation(email))).status).toBe(422);
      await tfe.must("DELETE", `organization-memberships/${made.id}`);
      expect((await call("GET", `workspaces/${workspace.id}`)).status).toBe(404);
      expect((await call("GET", "account/details")).status).toBe(200);
    });

    it("are made known to those who manage them, and to nobody else", async () => {
      const made = await tfe.must("POST", memberships(), invitation(`new-${++names}@acme.example`));
      const person = await aPerson();
      expect((await person.call("GET", `organization-memberships/${made.id}`)).status).toBe(404);
      const own = (await person.call("GET", memberships())).json.data;
      expect(own.map((one: any) => one.relationships.user.data.id)).toEqual([person.id]);
      const listed = await tfe.must("GET", `${memberships()}?filter%5Bstatus%5D=invited&q=${made.attributes.email}`);
      expect(listed.map((one: any) => one.id)).toEqual([made.id]);
      // With the address also in the person, by which terraform-provider-tfe finds them.
      const { included } = (await tfe.api("GET", `${memberships()}?filter%5Bstatus%5D=invited&include=user`)).json;
      expect(included.map((one: any) => one.attributes.email)).toContain(made.attributes.email);
    });

    it("leave with everything that they could do there", async () => {
      const { db, organizationId } = server;
      const person = { kind: "user", organizationId, projectId: null, name: `adm-${++names}`, role: "admin" } as const;
      const { id } = await insertPrincipal(db, person, 0);
      const membership = (await tfe.must("GET", `${memberships()}?q=${person.name}`))[0];
      await tfe.must("DELETE", `organization-memberships/${membership.id}`);
      expect(await db.selectFrom("role_bindings").selectAll().where("principal_id", "=", id).execute()).toEqual([]);
    });
  });
});
