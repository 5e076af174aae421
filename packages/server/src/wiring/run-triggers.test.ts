import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../testing/index.ts";
import { TfeFixture } from "../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("run triggers on $name", (kind) => {
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
  const workspace = async (attributes = {}): Promise<string> =>
    (await tfe.createWorkspace(`t${++counter}`, attributes)).id;
  const create = (downstream: string, source: string, token?: string) =>
    tfe.api(
      "POST",
      `workspaces/${downstream}/run-triggers`,
      {
        data: {
          type: "run-triggers",
          relationships: { sourceable: { data: { type: "workspaces", id: source } } },
        },
      },
      token === undefined ? {} : { token },
    );
  const list = (id: string, query: string) => tfe.api("GET", `workspaces/${id}/run-triggers?${query}`);
  const runsOf = (id: string): Promise<any[]> => tfe.must("GET", `workspaces/${id}/runs`);

  /** An apply in the workspace. */
  async function applyIn(id: string): Promise<any> {
    const { run, job } = await tfe.applyingRun(id);
    await tfe.complete(job);
    await server.settle();
    return run;
  }

  it("start a run downstream from its newest configuration, which says why it is there", async () => {
    const [source, downstream] = [await workspace(), await workspace()];
    const version = await tfe.upload(downstream);
    const trigger = (await create(downstream, source)).json.data;
    const applied = await applyIn(source);
    const runs = await runsOf(downstream);
    expect(runs).toHaveLength(1);
    expect(runs[0].attributes).toMatchObject({
      status: "plan_queued",
      "trigger-reason": "run-trigger",
      "triggering-source-name": trigger.attributes["sourceable-name"],
      "auto-apply": false,
    });
    expect(runs[0].relationships).toMatchObject({
      "configuration-version": { data: { id: version.id } },
      "triggering-run": { data: { id: applied.id } },
      "triggering-source": { data: { id: source } },
    });
  });

  it("fire once for an apply, however often it is told of, and not for what was not applied", async () => {
    const [source, downstream] = [await workspace(), await workspace()];
    await tfe.upload(downstream);
    await create(downstream, source);
    const planned = await tfe.plannedRun(source);
    await server.settle();
    expect(await runsOf(downstream)).toHaveLength(0);
    await tfe.must("POST", `runs/${planned.id}/actions/apply`, {});
    await tfe.complete(await tfe.mustClaim());
    const [event] = await server.db
      .selectFrom("events")
      .select("id")
      .where("kind", "=", "run.applied")
      .orderBy("id", "desc")
      .limit(1)
      .execute();
    await server.settle();
    await server.db
      .insertInto("jobs")
      .values({
        id: `again-${counter}`,
        kind: "event-recorded",
        unique_key: null,
        payload: JSON.stringify({ eventId: event?.id }),
        state: "ready",
        run_at: now,
        attempts: 0,
        attempts_max: 1,
        fence: 0,
        holder: null,
        lease_until: null,
        last_error: null,
        created_at: now,
      })
      .execute();
    await server.settle();
    expect(await runsOf(downstream)).toHaveLength(1);
    await tfe.createRun(source);
    await tfe.finishPlan(await claimOf(source), { hasChanges: false });
    await server.settle();
    expect(await runsOf(downstream)).toHaveLength(1);
  });

  async function claimOf(id: string) {
    for (;;) {
      const job = await tfe.mustClaim();
      if (job.workspace.id === id) return job;
    }
  }

  it("apply by themselves only where the workspace says so of run triggers", async () => {
    const source = await workspace();
    const [asked, auto, mute] = [
      await workspace({ "auto-apply": true }),
      await workspace({ "auto-apply-run-trigger": true }),
      await workspace(),
    ];
    for (const id of [asked, auto]) await tfe.upload(id);
    for (const id of [asked, auto, mute]) await create(id, source);
    await applyIn(source);
    expect((await runsOf(asked))[0].attributes["auto-apply"]).toBe(false);
    expect((await runsOf(auto))[0].attributes["auto-apply"]).toBe(true);
    // Without a configuration there is nothing to run; the others run all the same.
    expect(await runsOf(mute)).toEqual([]);
  });

  it("are listed from both ends, and only when asked which", async () => {
    const [source, downstream] = [await workspace(), await workspace()];
    const trigger = (await create(downstream, source)).json.data;
    expect((await list(downstream, "filter[run-trigger][type]=inbound")).json).toMatchObject({
      data: [trigger],
      meta: { pagination: { "total-count": 1 } },
    });
    expect((await list(source, "filter[run-trigger][type]=outbound")).json.data).toEqual([trigger]);
    expect((await list(source, "filter[run-trigger][type]=inbound")).json.data).toEqual([]);
    for (const query of ["", "filter[run-trigger][type]=oubound"]) {
      expect((await list(downstream, query)).status).toBe(400);
    }
    const read = await tfe.api("GET", `run-triggers/${trigger.id}?include=workspace,sourceable`);
    expect(read.json.data).toEqual(trigger);
    expect(read.json.included.map((item: any) => item.id).sort()).toEqual([source, downstream].sort());
    expect((await tfe.api("DELETE", `run-triggers/${trigger.id}`)).status).toBe(204);
    expect((await tfe.api("GET", `run-triggers/${trigger.id}`)).status).toBe(404);
    expect((await tfe.api("DELETE", `run-triggers/${trigger.id}`)).status).toBe(404);
  });

  it("are one for a pair, of two workspaces that both may be seen, and twenty for a workspace", async () => {
    const [source, downstream] = [await workspace(), await workspace()];
    const twice = await Promise.all([create(downstream, source), create(downstream, source)]);
    expect(twice.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([201, 422]);
    expect((await create(source, source)).status).toBe(422);
    expect((await create(downstream, "ws-nonexisting00000")).status).toBe(404);
    expect((await create(downstream, source, await tfe.tokenOf("contributor"))).status).toBe(403);
    expect((await create(downstream, source, await tfe.strangerToken())).status).toBe(404);
    for (let i = 0; i < 19; i++) expect((await create(downstream, await workspace())).status).toBe(201);
    const refused = await create(downstream, await workspace());
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].detail).toContain("at most 20");
  });

  it("end with either workspace", async () => {
    const [source, downstream] = [await workspace(), await workspace()];
    const trigger = (await create(downstream, source)).json.data;
    await tfe.api("DELETE", `workspaces/${source}`);
    expect((await tfe.api("GET", `run-triggers/${trigger.id}`)).status).toBe(404);
  });
});
