import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunnerJob } from "@ingot/runner/protocol";
import { deleteToken } from "../../features/access/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { aState, archive, emptyPlan, TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("the runner plane on $name", (kind) => {
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
  /** Nothing is left over from the test before. */
  beforeEach(async () => {
    now += 60_000;
    await server.settle();
    while ((await tfe.claim()) !== null);
    now += 60_000;
    await server.settle();
  });

  let counter = 0;
  const workspace = (attributes = {}) => tfe.createWorkspace(`r${++counter}`, attributes);
  const current = async (id: string) =>
    (await tfe.api("GET", `workspaces/${id}/current-state-version`)).json?.data?.attributes;

  it("takes a run from upload to applied", async () => {
    const { id } = await workspace();
    const run = await tfe.createRun(id, { "target-addrs": ["a.b"], variables: [{ key: "x", value: '"1"' }] });
    expect(run.attributes.status).toBe("plan_queued");
    const plan = await tfe.mustClaim();
    expect(plan).toMatchObject({
      phase: "plan",
      run_id: run.id,
      workspace: { id, organization: tfe.organization },
      options: { destroy: false, refresh: true, refresh_only: false, targets: ["a.b"], replaces: [] },
      variables: [{ key: "x", value: '"1"', hcl: true }],
      urls: { state: null },
    });
    expect(await tfe.status(run.id)).toBe("planning");
    expect((await tfe.get(plan.urls.configuration)).status).toBe(200);
    expect((await tfe.finishPlan(plan)).status).toBe(200);
    const planned = await tfe.run(run.id);
    expect(planned.attributes).toMatchObject({ status: "planned", "has-changes": true });
    expect((await tfe.plan(run)).attributes).toMatchObject({ status: "finished", "resource-additions": 1 });
    expect(await tfe.log(await tfe.plan(run))).toBe("\u0002Plan: 1 to add\n\u0003");
    await tfe.must("POST", `runs/${run.id}/actions/apply`, {});
    const apply = await tfe.mustClaim();
    expect(apply.phase).toBe("apply");
    expect((await tfe.get(apply.urls.plan_file)).text).toBe("opaque plan");
    expect((await tfe.put(`${apply.urls.state_upload}?final=true`, aState(1))).status).toBe(200);
    expect((await tfe.complete(apply)).status).toBe(200);
    const applied = await tfe.run(run.id);
    expect(applied.attributes.status).toBe("applied");
    const times = Object.keys(applied.attributes["status-timestamps"]);
    for (const status of [
      "pending",
      "plan-queued",
      "planning",
      "planned",
      "confirmed",
      "apply-queued",
      "applying",
      "applied",
    ]) {
      expect(times).toContain(`${status}-at`);
    }
    expect(await current(id)).toMatchObject({ serial: 1, intermediate: false });
    expect((await tfe.must("GET", `workspaces/${id}`)).attributes.locked).toBe(false);
  });

  describe("claiming", () => {
    it("gives each phase to one of several runners that ask at once", async () => {
      const runs = await Promise.all(Array.from({ length: 3 }, async () => tfe.createRun((await workspace()).id)));
      const jobs = await Promise.all(Array.from({ length: 6 }, () => tfe.claim()));
      const claimed = jobs.filter((job) => job !== null).map((job) => job.run_id);
      expect(new Set(claimed)).toEqual(new Set(runs.map((run) => run.id)));
      expect(claimed).toHaveLength(3);
    });

    it("prefers applies to plans, and plans to speculative ones", async () => {
      const [a, b, c] = [await workspace(), await workspace(), await workspace()];
      const speculative = await tfe.createRun(a.id, {}, (await tfe.upload(a.id, { speculative: true })).id);
      const apply = await tfe.createRun(b.id, { "auto-apply": true });
      await tfe.finishPlan(await tfe.mustClaim());
      const plan = await tfe.createRun(c.id);
      expect(await tfe.status(apply.id)).toBe("apply_queued");
      const order = [await tfe.mustClaim(), await tfe.mustClaim(), await tfe.mustClaim()];
      expect(order.map((job) => job.run_id)).toEqual([apply.id, plan.id, speculative.id]);
    });

    it("waits for work, and is woken by it", async () => {
      const { id } = await workspace();
      const waiting = tfe.runner("/jobs/claim", {
        runner: "patient",
        engines: [{ name: "tofu", version: "1.6.2" }],
        wait_seconds: 20,
      });
      const run = await tfe.createRun(id);
      expect((await waiting).json.job.run_id).toBe(run.id);
    });

    it("is open to runners of the organization only, and to nobody else", async () => {
      await tfe.createRun((await workspace()).id);
      const request = { runner: "x", engines: [{ name: "tofu", version: "1.6.2" }], wait_seconds: 0 };
      expect((await tfe.runner("/jobs/claim", request, server.bootstrap.admin.token)).status).toBe(403);
      expect((await tfe.runner("/jobs/claim", request, "nonsense")).status).toBe(401);
      const foreign = await tfe.runnerTokenOf("another");
      expect((await tfe.runner("/jobs/claim", request, foreign)).json).toEqual({ job: null });
      expect((await tfe.claim())?.run_id).toBeDefined();
    });

    it("gives nothing to a runner whose token ends while it waits, and says so within a second", async () => {
      const token = await tfe.runnerTokenOf("dismissed");
      const claim = await tfe.claimApart({ runner: "x", engines: [], wait_seconds: 25 }, token);
      await claim.received;
      const before = Date.now();
      await deleteToken(server.db, token);
      expect(await claim.answer).toMatchObject({ error: "no_valid_credential" });
      expect(Date.now() - before).toBeLessThan(10_000);
    });

    it("lets a waiting runner go when the server closes", async () => {
      const other = await kind.create();
      const closing = await startTestServer(other);
      const fixture = new TfeFixture(closing);
      const claim = await fixture.claimApart({ runner: "x", engines: [], wait_seconds: 25 });
      await claim.received;
      const before = Date.now();
      await closing.close();
      expect(Date.now() - before).toBeLessThan(10_000);
      expect(await claim.answer).toEqual({ job: null });
      await other.close();
    });

    it.each([
      [{}],
      [{ runner: "x", engines: "tofu", wait_seconds: 0 }],
      [{ runner: "x", engines: [], wait_seconds: 26 }],
      [{ runner: "x", engines: [{ name: "pulumi", version: "1" }], wait_seconds: 0 }],
    ])("with %j is refused in the plane's own words", async (body) => {
      const answer = await tfe.runner("/jobs/claim", body);
      expect(answer.status).toBe(422);
      expect(answer.json).toMatchObject({ error: "schema", message: expect.any(String) });
    });
  });

  describe("the run's own credential", () => {
    it("is in its environment, reads what a run may read, and ends with the phase", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id);
      const job = await tfe.mustClaim();
      const token = job.environment["INGOT_TOKEN"] ?? "";
      expect(job.masked).toContain(token);
      expect(job.environment).toMatchObject({ TF_IN_AUTOMATION: "1", TFE_RUN_ID: run.id, INGOT_URL: server.url });
      const read = () => tfe.api("GET", `organizations/${tfe.organization}`, undefined, { token });
      expect((await read()).status).toBe(200);
      expect((await tfe.api("POST", `workspaces/${id}/actions/lock`, {}, { token })).status).toBe(404);
      await tfe.finishPlan(job, { hasChanges: false });
      expect((await read()).status).toBe(401);
    });
  });

  describe("the log", () => {
    it("takes each byte once, however often it is sent", async () => {
      const run = await tfe.createRun((await workspace()).id);
      const job = await tfe.mustClaim();
      const send = (offset: number, text: string) => tfe.put(`${job.urls.log}?offset=${offset}`, text);
      expect((await send(0, "one ")).status).toBe(200);
      expect((await send(0, "one ")).status).toBe(200);
      expect((await send(0, "one two ")).status).toBe(200);
      expect((await send(2, "e t")).status).toBe(200);
      const gap = await send(9, "!");
      expect(gap.status).toBe(409);
      expect(gap.json.error).toBe("log_gap");
      await Promise.all([send(8, "three"), send(8, "three"), send(8, "three")]);
      expect(await tfe.log(await tfe.plan(run))).toBe("\u0002one two three");
      for (const query of ["", "?offset=-1", "?offset=x"]) {
        expect((await tfe.put(job.urls.log + query, "x")).status).toBe(422);
      }
    });

    it("counts bytes and not characters", async () => {
      const run = await tfe.createRun((await workspace()).id);
      const job = await tfe.mustClaim();
      await tfe.put(`${job.urls.log}?offset=0`, "grün ");
      await tfe.put(`${job.urls.log}?offset=6`, "ok");
      expect(await tfe.log(await tfe.plan(run))).toBe("\u0002grün ok");
    });

    it("never looks ended because of what the engine prints", async () => {
      const run = await tfe.createRun((await workspace()).id);
      const job = await tfe.mustClaim();
      await tfe.put(`${job.urls.log}?offset=0`, "a\u0002b\u0003");
      expect(await tfe.log(await tfe.plan(run))).toBe("\u0002a?b?");
    });
  });

  describe("state during an apply", () => {
    it("is one version that grows, current from its first snapshot on", async () => {
      const { id } = await workspace();
      const { job } = await tfe.applyingRun(id);
      await tfe.put(job.urls.state_upload, aState(1));
      const first = (await tfe.api("GET", `workspaces/${id}/current-state-version`)).json.data;
      expect(first.attributes).toMatchObject({ serial: 1, intermediate: true });
      await tfe.put(job.urls.state_upload, aState(2, { outputs: { o: { value: 1, type: "number" } } }));
      const second = (await tfe.api("GET", `workspaces/${id}/current-state-version`)).json.data;
      expect(second.id).toBe(first.id);
      expect(second.attributes).toMatchObject({ serial: 2, intermediate: true });
      await tfe.put(`${job.urls.state_upload}?final=true`, aState(3));
      await tfe.complete(job);
      const last = (await tfe.api("GET", `workspaces/${id}/current-state-version`)).json.data;
      expect(last.id).toBe(first.id);
      expect(last.attributes).toMatchObject({ serial: 3, intermediate: false });
      const bytes = await server.fetch(last.attributes["hosted-state-download-url"], { headers: server.admin });
      expect(bytes.text).toBe(aState(3).toString());
      expect(await tfe.must("GET", `workspaces/${id}/current-state-version-outputs`)).toEqual([]);
    });

    it("is kept when the apply ends without a last word about it", async () => {
      const { id } = await workspace();
      const { run, job } = await tfe.applyingRun(id);
      await tfe.put(job.urls.state_upload, aState(1));
      await tfe.complete(job, { outcome: "errored", message: "the provider said no" });
      expect((await tfe.run(run.id)).attributes).toMatchObject({
        status: "errored",
        "error-message": "the provider said no",
      });
      expect(await current(id)).toMatchObject({ serial: 1, intermediate: false });
    });

    it("that equals the current one makes no new version", async () => {
      const { id } = await workspace();
      await tfe.storeState(id, aState(1));
      const before = (await tfe.api("GET", `workspaces/${id}/current-state-version`)).json.data.id;
      const { job } = await tfe.applyingRun(id);
      expect((await tfe.get(job.urls.state ?? "")).text).toBe(aState(1).toString());
      await tfe.put(`${job.urls.state_upload}?final=true`, aState(1));
      await tfe.complete(job);
      expect((await tfe.api("GET", `workspaces/${id}/current-state-version`)).json.data.id).toBe(before);
    });

    it("asks for its image uses once for each content", async () => {
      const { id } = await workspace();
      const { job } = await tfe.applyingRun(id);
      await server.settle();
      for (const serial of [1, 1, 2]) await tfe.put(job.urls.state_upload, aState(serial));
      await tfe.put(`${job.urls.state_upload}?final=true`, aState(2));
      const jobs = await server.db.selectFrom("jobs").select("id").where("kind", "=", "extract-image-uses").execute();
      expect(jobs).toHaveLength(2);
      await tfe.complete(job);
    });

    it("is refused when it is no state, and in a plan", async () => {
      const { id } = await workspace();
      const { job } = await tfe.applyingRun(id);
      expect((await tfe.put(job.urls.state_upload, "{}")).status).toBe(422);
      expect(await current(id)).toBeUndefined();
      await tfe.complete(job);
      await tfe.createRun(id);
      const plan = await tfe.mustClaim();
      expect((await tfe.put(plan.urls.state_upload, aState(1))).status).toBe(409);
      expect((await tfe.put(plan.urls.plan_json, "no json")).status).toBe(422);
    });
  });

  describe("a runner that lost its lease", () => {
    /** Everything it could say, each with the answer it got. */
    async function sayEverything(job: RunnerJob): Promise<[number, string | undefined][]> {
      const answers = [
        await tfe.lease(job),
        await tfe.put(`${job.urls.log}?offset=0`, "late"),
        await tfe.put(job.urls.plan_file, "late"),
        await tfe.put(job.urls.plan_json, JSON.stringify(emptyPlan)),
        await tfe.put(job.urls.state_upload, aState(99)),
        await tfe.get(job.urls.configuration),
        await tfe.get(job.urls.plan_file),
        await tfe.complete(job, { has_changes: true }),
      ];
      return answers.map((answer) => [answer.status, answer.json?.error]);
    }

    it.each(["plan", "apply"] as const)("in a %s ends the run, and can change nothing afterwards", async (phase) => {
      const { id } = await workspace();
      let run: any;
      let job: RunnerJob;
      if (phase === "plan") {
        run = await tfe.createRun(id);
        job = await tfe.mustClaim();
      } else {
        ({ run, job } = await tfe.applyingRun(id));
        await tfe.put(job.urls.state_upload, aState(7));
      }
      const next = await tfe.createRun(id);
      await tfe.put(`${job.urls.log}?offset=0`, "working");
      now += 19_000;
      await server.settle();
      expect(await tfe.status(run.id)).toBe(phase === "plan" ? "planning" : "applying");
      now += 2000;
      await server.settle();
      const lost = await tfe.run(run.id);
      expect(lost.attributes.status).toBe("errored");
      expect(lost.attributes["error-message"]).toContain("runner was lost");
      const log = await tfe.log(phase === "plan" ? await tfe.plan(run) : await tfe.apply(run));
      expect(log.startsWith("\u0002working\n")).toBe(true);
      expect(log).toContain("the runner was lost");
      expect(log).toContain("start a new run");
      expect(log.endsWith("\u0003")).toBe(true);
      // The next run has the workspace.
      expect(await tfe.status(next.id)).toBe("plan_queued");
      if (phase === "apply") expect(await current(id)).toMatchObject({ serial: 7, intermediate: false });

      const before = await tfe.run(run.id);
      expect(await sayEverything(job)).toEqual(Array.from({ length: 8 }, () => [409, "lease_lost"]));
      expect(await tfe.run(run.id)).toEqual(before);
      if (phase === "apply") expect(await current(id)).toMatchObject({ serial: 7 });
      expect(await tfe.log(phase === "plan" ? await tfe.plan(run) : await tfe.apply(run))).toBe(log);
      await tfe.api("POST", `runs/${next.id}/actions/cancel`, {});
    });

    it("only by a moment keeps its job when its heartbeat comes before the upkeep", async () => {
      const run = await tfe.createRun((await workspace()).id);
      const job = await tfe.mustClaim();
      now += 21_000;
      expect((await tfe.lease(job)).status).toBe(200);
      await server.settle();
      expect(await tfe.status(run.id)).toBe("planning");
    });

    it("races with the upkeep for its report, and one of them wins", async () => {
      for (let round = 0; round < 4; round++) {
        const { id } = await workspace();
        const run = await tfe.createRun(id);
        const job = await tfe.mustClaim();
        await tfe.put(job.urls.plan_json, JSON.stringify(emptyPlan));
        now += 21_000;
        const [report] = await Promise.all([tfe.complete(job, { has_changes: true }), server.settle()]);
        const status = await tfe.status(run.id);
        expect([report?.status, status]).toEqual(report?.status === 200 ? [200, "planned"] : [409, "errored"]);
        await tfe.api("POST", `runs/${run.id}/actions/discard`, {});
      }
    });

    it("is told the same as one that never had the job, and one of another organization", async () => {
      const run = await tfe.createRun((await workspace()).id);
      const job = await tfe.mustClaim();
      const foreign = await tfe.runnerTokenOf("yet-another");
      const answers = [
        await tfe.runner(`/jobs/${job.id}/lease`, { fence: job.fence }, foreign),
        await tfe.runner(`/jobs/${job.id}/complete`, { fence: job.fence, outcome: "finished" }, foreign),
        await tfe.runner(`/jobs/${job.id}/lease`, { fence: job.fence + 1 }),
        await tfe.runner(`/jobs/${job.id}/complete`, { fence: job.fence - 1, outcome: "errored" }),
        await tfe.runner("/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV/lease", { fence: 1 }),
      ];
      const first = answers[0]?.json;
      expect(first.error).toBe("lease_lost");
      for (const answer of answers) {
        expect(answer.status).toBe(409);
        expect(answer.json).toEqual(first);
      }
      expect(await tfe.status(run.id)).toBe("planning");
    });

    it("after it was canceled by force and did not obey is given up, heartbeats or not", async () => {
      const { id } = await workspace();
      const { run, job } = await tfe.applyingRun(id);
      await tfe.api("POST", `runs/${run.id}/actions/cancel`, {});
      now += 16_000;
      expect((await tfe.lease(job)).json).toEqual({ stop: "interrupt" });
      expect((await tfe.api("POST", `runs/${run.id}/actions/force-cancel`, {})).status).toBe(202);
      for (let i = 0; i < 4; i++) {
        now += 10_000;
        await tfe.lease(job);
        await server.settle();
      }
      expect(await tfe.status(run.id)).toBe("canceled");
      expect(await tfe.log(await tfe.apply(run))).toContain("did not end its engine");
      expect((await tfe.lease(job)).status).toBe(409);
    });

    it("while the server was down keeps its job", async () => {
      const other = await kind.create();
      const directory = await mkdtemp(join(tmpdir(), "ingot-restart-"));
      let time = now;
      const start = () => startTestServer(other, { now: () => time, config: { "data-dir": directory } });
      const first = await start();
      const before = new TfeFixture(first);
      const run = await before.createRun((await before.createWorkspace("down")).id);
      const job = await before.mustClaim();
      await first.close();
      // A server that has just started knows of a lease that ended long ago.
      time += 600_000;
      const second = await start();
      const after = new TfeFixture(second);
      time += 10_000;
      await second.settle();
      expect(await after.status(run.id)).toBe("planning");
      expect((await after.lease(job)).status).toBe(200);
      time += 11_000;
      await second.settle();
      expect(await after.status(run.id)).toBe("planning");
      time += 21_000;
      await second.settle();
      expect(await after.status(run.id)).toBe("errored");
      await second.close();
      await other.close();
      await rm(directory, { recursive: true });
    });
  });

  describe("the report", () => {
    it("may be repeated, also at the same time, and counts once", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id);
      const job = await tfe.mustClaim();
      await tfe.put(job.urls.plan_json, JSON.stringify(emptyPlan));
      const answers = await Promise.all(Array.from({ length: 4 }, () => tfe.complete(job, { has_changes: true })));
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
      expect((await tfe.complete(job, { outcome: "errored" })).status).toBe(200);
      expect(await tfe.status(run.id)).toBe("planned");
      await tfe.api("POST", `runs/${run.id}/actions/discard`, {});
      expect((await tfe.complete(job)).status).toBe(200);
    });

    it("of an engine that failed ends the run, and the workspace goes on", async () => {
      const { id } = await workspace();
      const run = await tfe.createRun(id);
      const next = await tfe.createRun(id);
      const job = await tfe.mustClaim();
      await tfe.put(`${job.urls.log}?offset=0`, "Error: syntax\n");
      await tfe.complete(job, { outcome: "errored", message: "tofu plan ended with 1" });
      expect(await tfe.status(run.id)).toBe("errored");
      expect((await tfe.plan(run)).attributes.status).toBe("errored");
      expect((await tfe.apply(run)).attributes.status).toBe("unreachable");
      expect(await tfe.log(await tfe.apply(run))).toBe("\u0002\u0003");
      expect(await tfe.status(next.id)).toBe("plan_queued");
    });

    it("of a plan without its JSON cannot be checked, so the run ends", async () => {
      const { id } = await workspace({ "auto-apply": true });
      const run = await tfe.createRun(id);
      const job = await tfe.mustClaim();
      await tfe.complete(job, { has_changes: true });
      const done = await tfe.run(run.id);
      expect(done.attributes.status).toBe("errored");
      expect(await tfe.log(await tfe.plan(run))).toContain("could not be checked");
      expect((await tfe.plan(run)).attributes.status).toBe("finished");
    });
  });

  it("configurations reach the runner byte for byte", async () => {
    const { id } = await workspace();
    const bytes = await archive([["main.tf", "# the one"]]);
    const version = await tfe.must("POST", `workspaces/${id}/configuration-versions`, {
      data: { attributes: { "auto-queue-runs": false } },
    });
    await tfe.put(version.attributes["upload-url"], bytes);
    await tfe.createRun(id, {}, version.id);
    const job = await tfe.mustClaim();
    const got = await tfe.getBytes(job.urls.configuration);
    expect(got.equals(bytes)).toBe(true);
  });

  it("links serve one thing each, and a forged one nothing", async () => {
    await tfe.createRun((await workspace()).id);
    const job = await tfe.mustClaim();
    expect((await tfe.get(job.urls.configuration.slice(0, -4))).status).toBe(404);
    expect((await tfe.get(job.urls.configuration.replace("/configuration/", "/state/"))).status).toBe(404);
    expect((await server.fetch("/api/runner/links/nothing/x")).json.error).toBe("no_such_link");
    expect((await server.fetch("/api/runner/v1/nothing")).json.error).toBe("unknown_path");
  });
});
