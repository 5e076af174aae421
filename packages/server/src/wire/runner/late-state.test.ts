import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunnerJob } from "@ingot/runner/protocol";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { aState, TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("a state that comes after its lease, on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let now = Date.parse("2026-01-01T00:00:00Z");
  beforeAll(async () => {
    database = await kind.create({ migrated: false });
    server = await startTestServer(database, { now: () => now });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });
  beforeEach(() => {
    now += 60_000;
  });

  let count = 0;
  const newWorkspace = async (): Promise<string> => (await tfe.createWorkspace(`late-${++count}`)).id;
  const late = async (job: Pick<RunnerJob, "id" | "fence">, state: Buffer, token?: string) =>
    server.fetch(`/api/runner/v1/jobs/${job.id}/late-state?fence=${job.fence}`, {
      method: "PUT",
      body: state,
      headers: {
        authorization: `Bearer ${token ?? (await tfe.runnerToken())}`,
        "content-type": "application/octet-stream",
      },
    });
  const serialOf = async (id: string): Promise<number> =>
    (await tfe.must("GET", `workspaces/${id}/current-state-version`)).attributes.serial;
  const versions = async (id: string): Promise<any[]> => {
    const { attributes } = await tfe.must("GET", `workspaces/${id}`);
    const where = `filter[workspace][name]=${attributes.name}&filter[organization][name]=${tfe.organization}`;
    return tfe.must("GET", `state-versions?${where}`);
  };

  /** An apply that has sent `sent`, if any, and was given up. */
  async function lostApply(id: string, sent?: Buffer): Promise<{ readonly run: any; readonly job: RunnerJob }> {
    const { run, job } = await tfe.applyingRun(id);
    if (sent !== undefined) await tfe.put(job.urls.state_upload, sent);
    now += 21_000;
    await server.settle();
    expect(await tfe.status(run.id)).toBe("errored");
    return { run, job };
  }

  /** Another run of the workspace, with the state that it has written. */
  async function applied(id: string, state: Buffer): Promise<void> {
    const { job } = await tfe.applyingRun(id);
    await tfe.put(`${job.urls.state_upload}?final=true`, state);
    await tfe.complete(job);
  }

  it.each([
    ["goes on where the run's snapshots ended", 7],
    ["is the run's first", undefined],
  ])(
    "becomes the current one when it %s and nobody has followed; sending it again changes nothing",
    async (_, sent) => {
      const id = await newWorkspace();
      const { run, job } = await lostApply(id, sent === undefined ? undefined : aState(sent));
      expect((await late(job, aState(8))).json).toEqual({ kept: "current" });
      expect(await serialOf(id)).toBe(8);
      const told = await tfe.run(run.id);
      expect(told.attributes.status).toBe("errored");
      expect(told.attributes["error-message"]).toContain("came back after its lease had ended");
      expect((await late(job, aState(8))).json).toEqual({ kept: "known" });
      expect(await versions(id)).toHaveLength(1);
      expect((await tfe.run(run.id)).attributes["error-message"]).toBe(told.attributes["error-message"]);
    },
  );

  it("never replaces what another run has written: it is kept beside, told, and a person can make it current", async () => {
    const id = await newWorkspace();
    await applied(id, aState(3));
    const { run, job } = await lostApply(id, aState(4));
    await applied(id, aState(5));
    expect((await late(job, aState(9))).json).toEqual({ kept: "beside" });
    expect(await serialOf(id)).toBe(5);
    const beside = (await versions(id)).find((version) => version.attributes.serial === 9);
    expect((await tfe.run(run.id)).attributes["error-message"]).toContain(beside.id);
    const events = await tfe.must("GET", `runs/${run.id}/run-events`);
    expect(events.at(-1).attributes).toMatchObject({ action: "late_state", description: expect.stringContaining("9") });
    const bytes = await server.fetch(beside.attributes["hosted-state-download-url"], { headers: server.admin });
    expect(JSON.parse(bytes.text)).toMatchObject({ serial: 9 });

    await tfe.must("POST", `workspaces/${id}/actions/lock`, {});
    await tfe.must("PATCH", `workspaces/${id}/state-versions`, {
      data: {
        type: "state-versions",
        relationships: { "rollback-state-version": { data: { type: "state-versions", id: beside.id } } },
      },
    });
    expect(await serialOf(id)).toBe(6);
  });

  it("is kept beside while another run has the workspace, whose plan was made without it", async () => {
    const id = await newWorkspace();
    const { job } = await lostApply(id, aState(4));
    await tfe.plannedRun(id);
    expect((await late(job, aState(5))).json).toEqual({ kept: "beside" });
    expect(await serialOf(id)).toBe(4);
  });

  it("is the state of its apply while the server has not noticed that the runner was away", async () => {
    const id = await newWorkspace();
    const { run, job } = await tfe.applyingRun(id);
    expect((await late(job, aState(2))).json).toEqual({ kept: "current" });
    expect(await tfe.status(run.id)).toBe("applying");
    const gone = { outcome: "errored", message: "The runner was killed.", in_log: true } as const;
    expect((await tfe.complete(job, gone)).status).toBe(200);
    expect(await tfe.status(run.id)).toBe("errored");
    expect(await tfe.log(await tfe.apply(await tfe.run(run.id)))).toContain("Error: The runner was killed.");
    expect(await serialOf(id)).toBe(2);
  });

  it("is taken from nobody who never held the job, of no plan, and only when it is a state", async () => {
    const id = await newWorkspace();
    const { job } = await lostApply(id, aState(4));
    const foreign = await tfe.runnerTokenOf("elsewhere");
    const refusals = [
      await late({ id: job.id, fence: job.fence + 1 }, aState(5)),
      await late({ id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", fence: 1 }, aState(5)),
      await late(job, aState(5), foreign),
    ];
    expect(refusals.map(({ status, json }) => [status, json.error])).toEqual(
      Array.from({ length: 3 }, () => [409, "lease_lost"]),
    );
    expect((await late(job, aState(5), server.bootstrap.admin.token)).status).toBe(403);
    expect((await late(job, Buffer.from("{}"))).json.error).toBe("not_a_state");
    await tfe.createRun(id);
    const plan = await tfe.mustClaim();
    expect((await late(plan, aState(5))).json.error).toBe("wrong_phase");
    expect(await serialOf(id)).toBe(4);
    expect(await versions(id)).toHaveLength(1);
  });
});
