import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("agent pools on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let now = Date.parse("2026-01-01T00:00:00Z");
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => now });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });
  beforeEach(async () => {
    now += 60_000;
    while ((await tfe.claim()) !== null);
    now += 60_000;
    await server.settle();
  });

  let counter = 0;
  const pools = () => `organizations/${tfe.organization}/agent-pools`;
  const many = (type: string, ids: readonly string[]) => ({ data: ids.map((id) => ({ type, id })) });
  const body = (attributes: Record<string, unknown>, relationships: Record<string, unknown> = {}) => ({
    data: { type: "agent-pools", attributes, relationships },
  });
  const createPool = (attributes: Record<string, unknown> = {}, relationships = {}): Promise<any> =>
    tfe.must("POST", pools(), body({ name: `pool-${++counter}`, ...attributes }, relationships));
  const createToken = (poolId: string): Promise<any> =>
    tfe.must("POST", `agent-pools/${poolId}/authentication-tokens`, {
      data: { type: "agent-tokens", attributes: { description: "of a test" } },
    });
  const engines = [{ name: "tofu", version: "1.6.2" }];
  const claimAs = async (token: string, runner = "agent-1"): Promise<any> =>
    (await tfe.runner("/jobs/claim", { runner, engines, wait_seconds: 0 }, token)).json;
  const workspaceIn = (poolId: string, more = {}) =>
    tfe.api("POST", `organizations/${tfe.organization}/workspaces`, {
      data: {
        type: "workspaces",
        attributes: { name: `p${++counter}`, "execution-mode": "agent", "agent-pool-id": poolId, ...more },
      },
    });

  describe("a pool", () => {
    it("is made, read, changed, listed and deleted", async () => {
      const made = await createPool({ name: "fleet" });
      expect(made).toMatchObject({
        type: "agent-pools",
        attributes: { name: "fleet", "organization-scoped": true, "agent-count": 0 },
        relationships: { "allowed-workspaces": { data: [] }, workspaces: { data: [] } },
      });
      expect(await tfe.must("GET", `agent-pools/${made.id}`)).toEqual(made);
      expect(await tfe.must("GET", `${pools()}?q=FLEE`)).toEqual([made]);
      const changed = await tfe.must("PATCH", `agent-pools/${made.id}`, body({ "organization-scoped": false }));
      expect(changed.attributes).toMatchObject({ name: "fleet", "organization-scoped": false });
      expect((await tfe.api("POST", pools(), body({ name: "fleet" }))).status).toBe(422);
      expect((await tfe.api("POST", pools(), body({}))).status).toBe(422);
      expect((await tfe.api("DELETE", `agent-pools/${made.id}`)).status).toBe(204);
      expect((await tfe.api("GET", `agent-pools/${made.id}`)).status).toBe(404);
      expect((await tfe.api("DELETE", `agent-pools/${made.id}`)).status).toBe(404);
    });

    it("keeps of its scope what a change does not name, and is found by whom it allows", async () => {
      const workspace = await tfe.createWorkspace(`p${++counter}`);
      const excluded = await tfe.createWorkspace(`p${++counter}`);
      const project = workspace.relationships.project.data.id;
      const pool = await createPool(
        { "organization-scoped": false },
        {
          "allowed-workspaces": many("workspaces", [workspace.id]),
          "allowed-projects": many("projects", [project]),
          "excluded-workspaces": many("workspaces", [excluded.id]),
        },
      );
      const renamed = await tfe.must("PATCH", `agent-pools/${pool.id}`, body({ name: "renamed" }));
      expect(renamed.relationships).toEqual(pool.relationships);
      const found = async (name: string) =>
        (await tfe.must("GET", `${pools()}?filter[allowed_workspaces][name]=${name}`)).map((one: any) => one.id);
      expect(await found(workspace.attributes.name)).toContain(pool.id);
      expect(await found(excluded.attributes.name)).not.toContain(pool.id);
      const cleared = await tfe.must(
        "PATCH",
        `agent-pools/${pool.id}`,
        body({}, { "allowed-workspaces": { data: [] } }),
      );
      expect(cleared.relationships["allowed-workspaces"].data).toEqual([]);
      expect(cleared.relationships["allowed-projects"].data).toEqual([{ id: project, type: "projects" }]);
      expect(await found(workspace.attributes.name)).not.toContain(pool.id);
    });

    it("is for those that it is for: another workspace cannot name it, one that does keeps it", async () => {
      const pool = await createPool();
      const user = (await workspaceIn(pool.id)).json.data;
      expect(user.relationships["agent-pool"].data.id).toBe(pool.id);
      await tfe.must("PATCH", `agent-pools/${pool.id}`, body({ "organization-scoped": false }));
      expect((await workspaceIn(pool.id)).json.errors[0].detail).toContain("not for this use");
      expect((await tfe.must("GET", `agent-pools/${pool.id}`)).relationships.workspaces.data).toEqual([
        { id: user.id, type: "workspaces" },
      ]);
      expect((await workspaceIn("apool-nonexisting0000")).json.errors[0].detail).toContain(
        "The provided agent pool does not exist",
      );
      expect((await tfe.api("DELETE", `agent-pools/${pool.id}`)).status).toBe(409);
    });

    it("names only what its organization has", async () => {
      const answer = await tfe.api(
        "POST",
        pools(),
        body({ name: "foreign" }, { "allowed-workspaces": many("workspaces", ["ws-nonexisting000000"]) }),
      );
      expect(answer.status).toBe(422);
      expect((await tfe.must("GET", `${pools()}?q=foreign`)).length).toBe(0);
    });
  });

  describe("a runner", () => {
    it("of a pool takes the runs of its workspaces, and any other those of the rest", async () => {
      const [pool, other] = [await createPool(), await createPool()];
      const [mine, theirs] = [
        (await createToken(pool.id)).attributes.token,
        (await createToken(other.id)).attributes.token,
      ];
      const { id } = (await workspaceIn(pool.id)).json.data;
      const run = await tfe.createRun(id);
      const plain = await tfe.createRun((await tfe.createWorkspace(`p${++counter}`)).id);
      expect((await claimAs(theirs)).job).toBeNull();
      expect((await tfe.mustClaim()).run_id).toBe(plain.id);
      expect(await tfe.claim()).toBeNull();
      const { job } = await claimAs(mine);
      expect(job.run_id).toBe(run.id);
      expect((await claimAs(mine)).job).toBeNull();
      const plan = await tfe.plan(run);
      expect(plan.attributes["execution-details"]).toMatchObject({
        mode: "agent",
        "agent-name": "agent-1",
        "agent-pool-id": pool.id,
        "agent-pool-name": pool.attributes.name,
      });
    });

    it("that is missing is told of in the log of what waits for it, once, and the log goes on with the runner's", async () => {
      const pool = await createPool({ name: `absent-${++counter}` });
      const { token } = (await createToken(pool.id)).attributes;
      const run = await tfe.createRun((await workspaceIn(pool.id)).json.data.id);
      await server.settle();
      expect(await tfe.log(await tfe.plan(run))).toBe("");
      now += 31_000;
      await server.settle();
      await server.settle();
      const waiting = await tfe.log(await tfe.plan(run));
      expect(waiting.match(/Waiting: no runner has taken this plan/g)).toHaveLength(1);
      expect(waiting).toContain(pool.attributes.name);
      expect(waiting).not.toContain("\u0003");
      const { job } = await claimAs(token);
      expect((await tfe.finishPlan(job)).status).toBe(200);
      const log = await tfe.log(await tfe.plan(run));
      expect(log).toBe(`${waiting}Plan: 1 to add\n\u0003`);
    });

    it("is listed with its pool, and says how it is", async () => {
      const pool = await createPool();
      const { token } = (await createToken(pool.id)).attributes;
      const { id } = (await workspaceIn(pool.id)).json.data;
      await claimAs(token, "idler");
      const status = async () => (await tfe.must("GET", `agent-pools/${pool.id}/agents`))[0].attributes.status;
      expect(await status()).toBe("idle");
      expect((await tfe.must("GET", `agent-pools/${pool.id}`)).attributes["agent-count"]).toBe(1);
      await tfe.createRun(id);
      await claimAs(token, "idler");
      expect(await status()).toBe("busy");
      const [agent] = await tfe.must("GET", `agent-pools/${pool.id}/agents`);
      expect((await tfe.api("DELETE", `agents/${agent.id}`)).status).toBe(412);
      now += 61_000;
      expect(await status()).toBe("unknown");
      now += 240_000;
      expect(await status()).toBe("errored");
      expect((await tfe.must("GET", `agent-pools/${pool.id}`)).attributes["agent-count"]).toBe(0);
      const since = new Date(now - 60_000).toISOString();
      expect(await tfe.must("GET", `agent-pools/${pool.id}/agents?filter[last-ping-since]=${since}`)).toEqual([]);
      expect((await tfe.api("DELETE", `agents/${agent.id}`)).status).toBe(204);
      expect((await tfe.api("GET", `agents/${agent.id}`)).status).toBe(404);
    });
  });

  describe("a token of a pool", () => {
    it("is shown once, and ends its runners when it is deleted", async () => {
      const pool = await createPool();
      const made = await createToken(pool.id);
      expect(made.attributes.token).toMatch(/^ingot_/);
      expect(made.relationships["created-by"].data.type).toBe("users");
      const read = await tfe.must("GET", `authentication-tokens/${made.id}`);
      expect(read).toEqual({ ...made, attributes: { ...made.attributes, token: null } });
      expect((await claimAs(made.attributes.token)).job).toBeNull();
      const used = await tfe.must("GET", `agent-pools/${pool.id}/authentication-tokens`);
      expect(used).toHaveLength(1);
      expect(used[0].attributes["last-used-at"]).not.toBeNull();
      expect((await tfe.api("DELETE", `authentication-tokens/${made.id}`)).status).toBe(204);
      expect((await claimAs(made.attributes.token)).error).toBe("no_valid_credential");
      expect((await tfe.api("DELETE", `authentication-tokens/${made.id}`)).status).toBe(404);
    });

    it("ends with its pool", async () => {
      const pool = await createPool();
      const made = await createToken(pool.id);
      await tfe.must("DELETE", `agent-pools/${pool.id}`);
      expect((await claimAs(made.attributes.token)).error).toBe("no_valid_credential");
    });

    it("is nothing but a runner's: it reads no workspace", async () => {
      const pool = await createPool();
      const { token } = (await createToken(pool.id)).attributes;
      expect((await tfe.api("GET", `organizations/${tfe.organization}/workspaces`, undefined, { token })).status).toBe(
        403,
      );
    });
  });
});
