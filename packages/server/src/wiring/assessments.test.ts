import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClaimReply, RunnerJob } from "@ingot/runner/protocol";
import { findActorByToken } from "../features/access/index.ts";
import { latestAssessment, latestResults, nextAssessmentAt } from "../features/assessments/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../testing/index.ts";
import { aState, emptyPlan, TfeFixture, type Answer } from "../testing/tfe-fixture.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

describe.each(databasesUnderTest())("assessments on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let viewer: string;
  // The server's certificate begins at this time, and the client that checks it has the real one.
  const clock = { now: Date.now() };
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => clock.now });
    tfe = new TfeFixture(server);
    viewer = await tfe.tokenOf("viewer");
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  async function api(method: string, path: string, token?: string): Promise<Answer> {
    const authorization = token === undefined ? server.admin.authorization : `Bearer ${token}`;
    return server.fetch(`/api/v1${path}`, { method, headers: { authorization } });
  }

  async function must(method: string, path: string): Promise<any> {
    const answer = await api(method, path);
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer.json;
  }

  const assess = (workspaceId: string) => must("POST", `/workspaces/${workspaceId}/assessments`);
  const health = (workspaceId: string) => must("GET", `/workspaces/${workspaceId}/health`);
  const history = async (workspaceId: string): Promise<any[]> =>
    (await must("GET", `/workspaces/${workspaceId}/assessments`)).assessments;

  /** As a runner that can assess. */
  async function claim(runner = "assessor"): Promise<RunnerJob | null> {
    const engines = [{ name: "tofu", version: "1.6.2" }];
    const phases = ["plan", "apply", "assess"];
    const answer = await tfe.runner("/jobs/claim", { runner, engines, wait_seconds: 0, phases });
    expect(answer.status, answer.text).toBe(200);
    return (answer.json as ClaimReply).job;
  }

  async function mustClaim(): Promise<RunnerJob> {
    const job = await claim();
    if (job === null) throw new Error("There is no job to claim.");
    return job;
  }

  const machines = aState(1, {
    resources: [{ mode: "managed", type: "m", name: "web", instances: [{ attributes: { id: "1" } }] }],
  });

  /** A workspace that was applied, with one machine. */
  async function aWorkspace(name: string, attributes: Record<string, unknown> = {}): Promise<string> {
    const { id } = await tfe.createWorkspace(name, attributes);
    await applyRun(id);
    return id;
  }

  async function applyRun(workspaceId: string, state = machines): Promise<void> {
    const { run, job } = await tfe.applyingRun(workspaceId);
    expect((await tfe.put(`${job.urls.state_upload}?final=true`, state)).status).toBe(200);
    expect((await tfe.complete(job)).status).toBe(200);
    expect(await tfe.status(run.id)).toBe("applied");
  }

  const machine = { address: "m.web", mode: "managed", type: "m", name: "web" };
  const small = { id: "1", size: "small" };
  const large = { id: "1", size: "large" };
  const update = (before: unknown, after: unknown) => ({
    ...machine,
    change: { actions: ["update"], before, after, after_unknown: {}, before_sensitive: {}, after_sensitive: {} },
  });
  const prior_state = { values: { root_module: { resources: [machine] } } };
  const healthyPlan = { ...emptyPlan, prior_state };
  const driftedPlan = {
    ...healthyPlan,
    resource_drift: [update(small, large)],
    resource_changes: [update(large, small)],
  };
  const failingCheck = {
    address: { kind: "check", to_display: "check.up" },
    status: "fail",
    instances: [{ problems: [{ message: "It is down." }] }],
  };

  /** Does an assessment as a runner would. */
  async function finish(job: RunnerJob, planJson: unknown): Promise<void> {
    expect(job.phase).toBe("assess");
    expect((await tfe.put(`${job.urls.log}?offset=0`, "No changes, or some.\n")).status).toBe(200);
    expect((await tfe.put(job.urls.plan_json, JSON.stringify(planJson))).status).toBe(200);
    expect((await tfe.complete(job)).status).toBe(200);
    await server.settle();
  }

  async function assessWith(workspaceId: string, planJson: unknown): Promise<any> {
    const { id } = await assess(workspaceId);
    await finish(await mustClaim(), planJson);
    return must("GET", `/assessments/${id}`);
  }

  describe("on demand", () => {
    it("finds what drifted: which resource, which attributes, before and after", async () => {
      const id = await aWorkspace("drifted");
      const queued = await assess(id);
      expect(queued).toMatchObject({ status: "queued", trigger: "demand", drifted: null, succeeded: null });
      const job = await mustClaim();
      expect(job).toMatchObject({ phase: "assess", run_id: queued.id, workspace: { name: "drifted" } });
      expect((await health(id)).running).toMatchObject({ id: queued.id, status: "running" });
      await finish(job, driftedPlan);

      const found = await must("GET", `/assessments/${queued.id}`);
      expect(found).toMatchObject({
        status: "finished",
        succeeded: true,
        drifted: true,
        resources_drifted: 1,
        resources_undrifted: 0,
        checks_failed: 0,
        engine: { name: "tofu" },
        drift: [{ address: "m.web", attributes: [{ path: "size", before: "small", after: "large" }] }],
        pending: [],
      });
      expect((await api("GET", `/assessments/${queued.id}/log`)).text).toBe("No changes, or some.\n");
      expect(await history(id)).toMatchObject([{ id: queued.id }]);
      expect(await health(id)).toMatchObject({ enabled: false, running: null, latest: { id: queued.id } });
      expect(await latestAssessment(server.db, id)).toMatchObject({ drifted: true, drift: [{ address: "m.web" }] });
    });

    it("says since when, from the first assessment that found it until it is gone", async () => {
      const id = await aWorkspace("since");
      const first = await assessWith(id, driftedPlan);
      clock.now += hourMs;
      const second = await assessWith(id, driftedPlan);
      expect(second.drift[0].since).toBe(first.drift[0].since);
      // What a failed one does not know does not begin anew.
      clock.now += hourMs;
      await assess(id);
      await tfe.complete(await mustClaim(), { outcome: "errored", message: "no cloud" });
      const third = await assessWith(id, driftedPlan);
      expect(third.drift[0].since).toBe(first.drift[0].since);
      clock.now += hourMs;
      expect((await assessWith(id, healthyPlan)).drift).toEqual([]);
      clock.now += hourMs;
      const again = await assessWith(id, driftedPlan);
      expect(Date.parse(again.drift[0].since)).toBe(clock.now);
    });

    it("follows a check that fails and recovers", async () => {
      const id = await aWorkspace("checked");
      const failed = await assessWith(id, { ...healthyPlan, checks: [failingCheck] });
      expect(failed).toMatchObject({
        drifted: false,
        checks_failed: 1,
        checks: [{ address: "check.up", status: "fail", problems: ["It is down."], since: failed.finished_at }],
      });
      clock.now += hourMs;
      const still = await assessWith(id, { ...healthyPlan, checks: [{ ...failingCheck, status: "error" }] });
      expect(still.checks[0]).toMatchObject({ status: "error", since: failed.finished_at });
      const passed = await assessWith(id, { ...healthyPlan, checks: [{ ...failingCheck, status: "pass" }] });
      expect(passed).toMatchObject({ checks_passed: 1, checks_failed: 0, checks: [{ status: "pass", since: null }] });
    });

    it("lists what a run would change for another reason apart, and not as drift", async () => {
      const id = await aWorkspace("pending");
      const found = await assessWith(id, { ...healthyPlan, resource_changes: [update(small, large)] });
      expect(found).toMatchObject({ drifted: false, drift: [], pending: [{ address: "m.web" }] });
    });

    it("takes a refresh of what the configuration does not ask for as no drift", async () => {
      const id = await aWorkspace("refreshed");
      const noop = { ...machine, change: { actions: ["no-op"], before: small, after: small } };
      const found = await assessWith(id, {
        ...healthyPlan,
        resource_drift: [update(small, large)],
        resource_changes: [noop],
      });
      expect(found).toMatchObject({ drifted: false, resources_undrifted: 1, drift: [], pending: [] });
    });

    it("that fails is unknown and not healthy, and what was known before is still told apart", async () => {
      const id = await aWorkspace("failing");
      await assessWith(id, driftedPlan);
      const { id: failed } = await assess(id);
      await tfe.complete(await mustClaim(), { outcome: "errored", message: "tofu plan failed: no cloud" });
      expect(await must("GET", `/assessments/${failed}`)).toMatchObject({
        status: "failed",
        succeeded: false,
        drifted: null,
        resources_drifted: null,
        error_message: "tofu plan failed: no cloud",
      });
      expect(await latestAssessment(server.db, id)).toMatchObject({ succeeded: false, drifted: null });
      expect((await latestResults(server.db, [id])).get(id)).toMatchObject({ drifted: true });
    });

    it.each([
      ["without the JSON of its plan", undefined],
      ["whose plan is not one", { not: "a plan" }],
    ])("%s fails", async (name, planJson) => {
      const id = await aWorkspace(name.replaceAll(" ", "-"));
      const { id: assessment } = await assess(id);
      const job = await mustClaim();
      if (planJson !== undefined) await tfe.put(job.urls.plan_json, JSON.stringify(planJson));
      expect((await tfe.complete(job)).status).toBe(200);
      expect(await must("GET", `/assessments/${assessment}`)).toMatchObject({ status: "failed", succeeded: false });
    });

    it("is refused where it cannot be done, and says why", async () => {
      const { id: fresh } = await tfe.createWorkspace("fresh");
      expect(await api("POST", `/workspaces/${fresh}/assessments`)).toMatchObject({
        status: 409,
        json: { error: "never_applied" },
      });
      const id = await aWorkspace("refusing");
      const { id: first } = await assess(id);
      expect(await api("POST", `/workspaces/${id}/assessments`)).toMatchObject({
        status: 409,
        json: { error: "assessment_active" },
      });
      await finish(await mustClaim(), healthyPlan);
      expect(await must("GET", `/assessments/${first}`)).toMatchObject({ status: "finished" });
      const run = await tfe.plannedRun(id);
      expect(await api("POST", `/workspaces/${id}/assessments`)).toMatchObject({
        status: 409,
        json: { error: "run_active" },
      });
      expect(await health(id)).toMatchObject({ assessable: false, reason: expect.stringContaining("run") });
      await tfe.must("POST", `runs/${run.id}/actions/discard`, {});
      await applyRun(id, aState(2));
      expect(await api("POST", `/workspaces/${id}/assessments`)).toMatchObject({ json: { error: "no_resources" } });
      const { id: local } = await tfe.createWorkspace("local", { "execution-mode": "local" });
      expect(await api("POST", `/workspaces/${local}/assessments`)).toMatchObject({
        json: { error: "no_runner_mode" },
      });
    });

    it("may be read by viewers and asked for by contributors, and a stranger sees nothing", async () => {
      const id = await aWorkspace("guarded");
      const stranger = await tfe.strangerToken();
      const { id: assessment } = await assess(id);
      expect((await api("POST", `/workspaces/${id}/assessments`, viewer)).status).toBe(403);
      expect((await api("GET", `/workspaces/${id}/assessments`, viewer)).status).toBe(200);
      for (const path of [`/workspaces/${id}/assessments`, `/workspaces/${id}/health`, `/assessments/${assessment}`]) {
        expect((await api("GET", path, viewer)).status).toBe(200);
        expect((await api("GET", path, stranger)).status).toBe(404);
      }
      expect((await api("GET", `/assessments/${assessment}/log`, stranger)).status).toBe(404);
      expect((await api("POST", `/workspaces/${id}/assessments`, stranger)).status).toBe(404);
      await finish(await mustClaim(), healthyPlan);
    });

    it("uses the configuration that was applied, not a newer one, and the variables as they are now", async () => {
      const id = await aWorkspace("configured");
      const [applied] = await tfe.must("GET", `workspaces/${id}/runs`);
      const configuration = applied.relationships["configuration-version"].data.id;
      await tfe.upload(id);
      await tfe.must("POST", `workspaces/${id}/vars`, {
        data: { type: "vars", attributes: { key: "size", value: "small", category: "terraform" } },
      });
      await assess(id);
      const job = await mustClaim();
      expect(job.environment["TFC_CONFIGURATION_VERSION_ID"]).toBe(configuration);
      expect(job.variables).toEqual([{ key: "size", value: "small", hcl: false }]);
      expect(job.options).toMatchObject({ destroy: false, refresh: true, refresh_only: false });
      await finish(job, healthyPlan);
    });
  });

  describe("beside runs", () => {
    it("takes no lock, is in no list of runs, and gives way to a run that is queued", async () => {
      const id = await aWorkspace("beside");
      const { id: assessment } = await assess(id);
      const job = await mustClaim();
      const workspace = await tfe.must("GET", `workspaces/${id}`);
      expect(workspace.attributes.locked).toBe(false);
      const before = (await tfe.must("GET", `workspaces/${id}/runs`)).length;

      const run = await tfe.createRun(id);
      expect(await must("GET", `/assessments/${assessment}`)).toMatchObject({ status: "canceled", succeeded: null });
      expect(await tfe.lease(job)).toMatchObject({ status: 409, json: { error: "lease_lost" } });
      expect(await tfe.put(job.urls.plan_json, "{}")).toMatchObject({ status: 409 });
      expect(await tfe.put(`${job.urls.log}?offset=0`, "late")).toMatchObject({ status: 409 });
      expect(await tfe.complete(job)).toMatchObject({ status: 409 });
      expect(await must("GET", `/assessments/${assessment}`)).toMatchObject({ status: "canceled" });
      expect(await findActorByToken(server.db, job.environment["INGOT_TOKEN"] ?? "", clock.now)).toBeUndefined();
      expect((await tfe.must("GET", `workspaces/${id}/runs`)).length).toBe(before + 1);
      expect((await mustClaim()).run_id).toBe(run.id);
      await tfe.must("POST", `runs/${run.id}/actions/cancel`, {});
    });

    it("is withdrawn by a run before a runner has it", async () => {
      const id = await aWorkspace("withdrawn");
      const { id: assessment } = await assess(id);
      const run = await tfe.createRun(id, { "plan-only": true });
      expect(await must("GET", `/assessments/${assessment}`)).toMatchObject({ status: "canceled" });
      expect((await mustClaim()).run_id).toBe(run.id);
      expect(await claim()).toBeNull();
      await tfe.must("POST", `runs/${run.id}/actions/cancel`, {});
    });

    it("waits for runners that can assess, behind the runs of other workspaces", async () => {
      const [one, other] = [await aWorkspace("first"), await aWorkspace("second")];
      const { id: assessment } = await assess(one);
      expect(await tfe.claim()).toBeNull();
      const run = await tfe.createRun(other);
      const plan = await mustClaim();
      expect(plan.run_id).toBe(run.id);
      const job = await mustClaim();
      expect(job.run_id).toBe(assessment);
      await finish(job, healthyPlan);
      await tfe.complete(plan, { outcome: "errored" });
    });

    it("has a credential that reads images for nobody, and ends with it", async () => {
      const id = await aWorkspace("credential");
      await assess(id);
      const job = await mustClaim();
      const token = job.environment["INGOT_TOKEN"] ?? "";
      expect(await findActorByToken(server.db, token, clock.now)).toMatchObject({
        kind: "run",
        grants: [{ role: "run" }],
        workspaceId: id,
        runId: null,
      });
      const login = await server.fetch("/oauth2/token", {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          client_id: job.environment["HCP_CLIENT_ID"] ?? "",
          client_secret: token,
        }).toString(),
      });
      expect(login).toMatchObject({ status: 200, json: { access_token: token } });
      // As a run's own: it finds states that are shared with its workspace, and changes nothing.
      expect((await tfe.api("GET", `workspaces/${id}`, undefined, { token })).status).toBe(200);
      expect((await tfe.api("POST", `workspaces/${id}/actions/lock`, {}, { token })).status).toBe(404);
      await finish(job, healthyPlan);
      expect(await findActorByToken(server.db, token, clock.now)).toBeUndefined();
    });

    it("can neither write a state nor leave a plan to apply", async () => {
      const id = await aWorkspace("reading");
      await assess(id);
      const job = await mustClaim();
      const refused = { status: 409, json: { error: "wrong_phase" } };
      expect(await tfe.put(`${job.urls.state_upload}?final=true`, aState(9))).toMatchObject(refused);
      expect(await tfe.put(job.urls.plan_file, "plan")).toMatchObject(refused);
      expect(await tfe.get(job.urls.plan_file)).toMatchObject(refused);
      expect((await tfe.getBytes(job.urls.state ?? "")).equals(machines)).toBe(true);
      expect((await tfe.getBytes(job.urls.configuration)).length).toBeGreaterThan(0);
      await finish(job, healthyPlan);
    });

    it("keeps its plan and what it found sealed, and forgets them with its workspace", async () => {
      const id = await aWorkspace("sealed");
      await assessWith(id, driftedPlan);
      const row = await server.db
        .selectFrom("assessments")
        .select(["plan_json_key", "detail_key", "log_key"])
        .where("workspace_id", "=", id)
        .executeTakeFirstOrThrow();
      const { readFile, readdir } = await import("node:fs/promises");
      const files = (await readdir(`${server.dataDir}/blobs`, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`);
      const own = files.filter((file) => Object.values(row).some((key) => key !== null && file.endsWith(key)));
      expect(own).toHaveLength(3);
      for (const file of own) expect((await readFile(file)).includes("large")).toBe(false);
      expect((await tfe.api("DELETE", `workspaces/${id}`)).status).toBe(204);
      await server.settle();
      for (const file of own) await expect(readFile(file)).rejects.toThrow("ENOENT");
    });

    it("of a runner that falls silent fails", async () => {
      const id = await aWorkspace("silent");
      const { id: assessment } = await assess(id);
      const job = await mustClaim();
      clock.now += 21_000;
      await server.settle();
      expect(await must("GET", `/assessments/${assessment}`)).toMatchObject({
        status: "failed",
        error_message: expect.stringContaining("has not been heard of"),
      });
      expect((await tfe.complete(job)).status).toBe(409);
    });

    it("that no runner takes for an hour fails, and another can be asked for", async () => {
      const id = await aWorkspace("unclaimed");
      const { id: assessment } = await assess(id);
      clock.now += hourMs + 1;
      await server.settle();
      expect(await must("GET", `/assessments/${assessment}`)).toMatchObject({
        status: "failed",
        error_message: expect.stringContaining("No runner"),
      });
      expect(await claim()).toBeNull();
      await assessWith(id, healthyPlan);
    });

    it("is reported once, however often its runner says so", async () => {
      const id = await aWorkspace("repeated");
      const { id: assessment } = await assess(id);
      const job = await mustClaim();
      await tfe.put(job.urls.plan_json, JSON.stringify(driftedPlan));
      const answers = await Promise.all([tfe.complete(job), tfe.complete(job)]);
      expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
      expect((await tfe.complete(job)).status).toBe(200);
      const events = await server.db
        .selectFrom("events")
        .select(["kind", "data"])
        .where("workspace_id", "=", id)
        .where("kind", "like", "assessment.%")
        .orderBy("id")
        .execute();
      expect(events.map((event) => [event.kind, JSON.parse(event.data)])).toEqual([
        ["assessment.started", { assessmentId: assessment, trigger: "demand" }],
        [
          "assessment.finished",
          { assessmentId: assessment, status: "finished", succeeded: true, drifted: true, checksFailed: 0 },
        ],
      ]);
    });

    it("races with a run for the workspace, and whichever order: never both", async () => {
      for (let round = 0; round < 3; round++) {
        const id = await aWorkspace(`race-${round}`);
        const configuration = (await tfe.upload(id)).id;
        const [started, run] = await Promise.all([
          api("POST", `/workspaces/${id}/assessments`),
          tfe.createRun(id, {}, configuration),
        ]);
        const [assessment] = await history(id);
        if (started.status === 202) expect(assessment.status).toBe("canceled");
        else expect(started).toMatchObject({ status: 409, json: { error: "run_active" } });
        await tfe.must("POST", `runs/${run.id}/actions/cancel`, {});
      }
    });
  });

  it("that ends while a run is queued has a result or gave way, and leaves nothing behind", async () => {
    for (let round = 0; round < 4; round++) {
      const id = await aWorkspace(`ending-${round}`);
      const configuration = (await tfe.upload(id)).id;
      const { id: assessment } = await assess(id);
      const job = await mustClaim();
      await tfe.put(job.urls.plan_json, JSON.stringify(driftedPlan));
      const [completed, run] = await Promise.all([tfe.complete(job), tfe.createRun(id, {}, configuration)]);
      const ended = await must("GET", `/assessments/${assessment}`);
      expect([ended.status, completed.status]).toEqual(
        completed.status === 200 ? ["finished", 200] : ["canceled", 409],
      );
      expect(ended.drift).toHaveLength(completed.status === 200 ? 1 : 0);
      const token = job.environment["INGOT_TOKEN"] ?? "";
      expect(await findActorByToken(server.db, token, clock.now)).toBeUndefined();
      await tfe.must("POST", `runs/${run.id}/actions/cancel`, {});
      await server.settle();
      expect(await server.db.selectFrom("jobs").select("kind").where("kind", "=", "runner.assess").execute()).toEqual(
        [],
      );
    }
  });

  describe("over the published API", () => {
    it("are started, and their results are read with the workspace and apart", async () => {
      const id = await aWorkspace("published", { "assessments-enabled": true });
      expect(await tfe.api("GET", `workspaces/${id}/current-assessment-result`)).toMatchObject({ status: 404 });
      const started = await tfe.must("POST", `workspaces/${id}/actions/assess`);
      expect(started).toMatchObject({
        type: "workspaces",
        id,
        attributes: { "assessments-enabled": true, "last-assessment-result-at": null },
      });
      expect(await tfe.api("POST", `workspaces/${id}/actions/assess`)).toMatchObject({ status: 409 });
      const [running] = await history(id);
      expect(await tfe.api("GET", `assessment-results/${running.id}`)).toMatchObject({ status: 404 });
      await finish(await mustClaim(), { ...driftedPlan, checks: [failingCheck] });

      const workspace = await tfe.must("GET", `workspaces/${id}`);
      const assessment = workspace.relationships["current-assessment-result"].data;
      expect(assessment).toEqual({ type: "assessment-results", id: running.id });
      expect(workspace.attributes).toMatchObject({
        "last-assessment-result-at": new Date(clock.now).toISOString(),
        permissions: { "can-read-assessment-results": true, "can-manage-assessments": true },
      });
      const result = await tfe.must("GET", `workspaces/${id}/current-assessment-result`);
      expect(await tfe.must("GET", `assessment-results/${running.id}`)).toEqual(result);
      expect(result).toMatchObject({
        id: running.id,
        type: "assessment-results",
        attributes: {
          drifted: true,
          succeeded: true,
          "error-message": null,
          "error-msg": null,
          "all-checks-succeeded": false,
          "checks-passed": 0,
          "checks-failed": 1,
          "checks-errored": 0,
          "checks-unknown": 0,
          "resources-drifted": 1,
          "resources-undrifted": 0,
        },
        relationships: { workspace: { data: { type: "workspaces", id } } },
      });
      const parts = async (token?: string) => {
        const answers: Record<string, Answer> = {};
        for (const part of ["json-output", "json-schema", "log-output", "sanitized-plan"]) {
          const options = token === undefined ? {} : { token };
          answers[part] = await tfe.api("GET", `assessment-results/${running.id}/${part}`, undefined, options);
        }
        return answers;
      };
      const all = await parts();
      expect(all["json-output"]?.json).toMatchObject({ resource_drift: [{ address: "m.web" }] });
      expect(all["json-schema"]?.status).toBe(404);
      expect(all["log-output"]?.text).toBe("No changes, or some.\n");
      expect(all["sanitized-plan"]?.status).toBe(404);
      // Plan and log are for administrators of the workspace; the result is not.
      const seen = await parts(viewer);
      expect(seen["json-output"]?.status).toBe(403);
      expect(seen["log-output"]?.status).toBe(403);
      await tfe.must("PATCH", `workspaces/${id}`, {
        data: { type: "workspaces", attributes: { "assessments-enabled": false } },
      });
    });

    it("say of one that failed that nothing is known", async () => {
      const id = await aWorkspace("published-failed");
      await assess(id);
      await tfe.complete(await mustClaim(), { outcome: "errored", message: "no cloud" });
      expect(await tfe.must("GET", `workspaces/${id}/current-assessment-result`)).toMatchObject({
        attributes: {
          succeeded: false,
          "all-checks-succeeded": false,
          "error-message": "no cloud",
          "resources-drifted": null,
          "checks-passed": null,
        },
        links: { "json-output": null },
      });
    });

    it("can be enforced by the organization for all its workspaces", async () => {
      const id = await aWorkspace("enforced");
      const enforce = (value: boolean, token?: string) =>
        tfe.api(
          "PATCH",
          `organizations/${tfe.organization}`,
          { data: { type: "organizations", attributes: { "assessments-enforced": value } } },
          token === undefined ? {} : { token },
        );
      expect((await enforce(true, await tfe.tokenOf("contributor"))).status).toBe(403);
      expect((await enforce(true)).json.data.attributes["assessments-enforced"]).toBe(true);
      expect(await health(id)).toMatchObject({ enabled: false, enforced: true });
      expect((await health(id)).next_assessment_at).not.toBeNull();
      expect((await enforce(false)).json.data.attributes["assessments-enforced"]).toBe(false);
      expect((await health(id)).next_assessment_at).toBeNull();
    });
  });

  describe("on the schedule", () => {
    const scheduled = async (id: string) => (await history(id)).filter((one) => one.trigger === "schedule");

    /** Does all that is queued. */
    async function drain(): Promise<void> {
      for (let job = await claim(); job !== null; job = await claim()) await finish(job, healthyPlan);
    }

    it("is due an interval after the last apply or assessment, only where it is switched on", async () => {
      const on = await aWorkspace("on", { "assessments-enabled": true });
      const off = await aWorkspace("off");
      await server.settle();
      expect(await history(on)).toEqual([]);
      const due = await nextAssessmentAt({ db: server.db, now: () => clock.now, intervalMs: dayMs }, on);
      expect(due).toBeGreaterThanOrEqual(clock.now + dayMs);
      expect(due).toBeLessThan(clock.now + 1.1 * dayMs);
      expect(await health(on)).toMatchObject({ enabled: true, next_assessment_at: new Date(due ?? 0).toISOString() });
      clock.now = (due ?? 0) - 1;
      await server.settle();
      expect(await history(on)).toEqual([]);
      clock.now += 1;
      await server.settle();
      await server.settle();
      expect(await scheduled(on)).toMatchObject([{ status: "queued", requested_by: null }]);
      await drain();
      expect(await history(off)).toEqual([]);
      expect(await health(off)).toMatchObject({ enabled: false, assessable: true, next_assessment_at: null });
      // One that was asked for counts as well.
      clock.now += dayMs / 2;
      await assessWith(on, healthyPlan);
      clock.now += 0.7 * dayMs;
      await server.settle();
      expect(await scheduled(on)).toHaveLength(1);
      await tfe.must("PATCH", `workspaces/${on}`, {
        data: { type: "workspaces", attributes: { "assessments-enabled": false } },
      });
    });

    it("looks again soon after an apply when it had found something wrong", async () => {
      const id = await aWorkspace("repaired", { "assessments-enabled": true });
      clock.now += 1000;
      await assessWith(id, driftedPlan);
      clock.now += 1000;
      await applyRun(id);
      await server.settle();
      expect(await scheduled(id)).toEqual([]);
      clock.now += 60_000;
      await server.settle();
      expect(await scheduled(id)).toHaveLength(1);
      await drain();
      expect(await health(id)).toMatchObject({ latest: { drifted: false } });
      // Nothing was wrong this time: the next apply changes nothing about the schedule.
      await applyRun(id);
      clock.now += 120_000;
      await server.settle();
      expect(await scheduled(id)).toHaveLength(1);
      await tfe.must("PATCH", `workspaces/${id}`, {
        data: { type: "workspaces", attributes: { "assessments-enabled": false } },
      });
    });

    it("pauses after a run that failed, until one succeeds", async () => {
      const id = await aWorkspace("paused", { "assessments-enabled": true });
      await tfe.createRun(id);
      await tfe.complete(await tfe.mustClaim(), { outcome: "errored", message: "broken" });
      clock.now += 2 * dayMs;
      await server.settle();
      expect(await history(id)).toEqual([]);
      expect(await health(id)).toMatchObject({ next_assessment_at: null, reason: expect.stringContaining("errored") });
      await applyRun(id);
      clock.now += 2 * dayMs;
      await server.settle();
      expect(await scheduled(id)).toHaveLength(1);
      await drain();
      await tfe.must("PATCH", `workspaces/${id}`, {
        data: { type: "workspaces", attributes: { "assessments-enabled": false } },
      });
    });

    it("never begins while a run is active, and a canceled one is tried again in the next period", async () => {
      const id = await aWorkspace("busy", { "assessments-enabled": true });
      const run = await tfe.plannedRun(id);
      clock.now += 2 * dayMs;
      await server.settle();
      expect(await history(id)).toEqual([]);
      await tfe.must("POST", `runs/${run.id}/actions/apply`, {});
      const job = await tfe.mustClaim();
      await tfe.complete(job);
      clock.now += 2 * dayMs;
      await server.settle();
      const speculative = await tfe.createRun(id, { "plan-only": true });
      await tfe.finishPlan(await tfe.mustClaim(), { planJson: healthyPlan });
      expect(await tfe.status(speculative.id)).toBe("planned_and_finished");
      expect(await scheduled(id)).toMatchObject([{ status: "canceled" }]);
      await server.settle();
      expect(await scheduled(id)).toHaveLength(1);
      clock.now += 2 * dayMs;
      await server.settle();
      expect(await scheduled(id)).toHaveLength(2);
      await drain();
      await tfe.must("PATCH", `workspaces/${id}`, {
        data: { type: "workspaces", attributes: { "assessments-enabled": false } },
      });
    });

    it("is limited in parallel, also when many are due and many runners ask", async () => {
      const ids: string[] = [];
      for (let index = 0; index < 5; index++) {
        ids.push(await aWorkspace(`many-${index}`, { "assessments-enabled": true }));
      }
      clock.now += 2 * dayMs;
      await server.settle();
      await server.settle();
      const queued = (await Promise.all(ids.map(history))).flat();
      expect(queued).toHaveLength(2);
      // One that is asked for goes first, and still no more than two run.
      const idle = ids.filter((id) => !queued.some((one) => one.workspace.id === id));
      const { id: demanded } = await assess(idle[0] ?? "");
      const jobs = (await Promise.all(["a", "b", "c", "d"].map((name) => claim(name)))).filter((job) => job !== null);
      expect(jobs).toHaveLength(2);
      expect(jobs.map((job) => job.run_id)).toContain(demanded);
      for (const job of jobs) await finish(job, healthyPlan);
      for (let round = 0; round < 5; round++) {
        await server.settle();
        await drain();
      }
      expect((await Promise.all(ids.map(history))).map((list) => list.length)).toEqual([1, 1, 1, 1, 1]);
    });

    it("keeps the newest hundred of a workspace", async () => {
      const id = await aWorkspace("kept");
      const template = await assessWith(id, healthyPlan);
      const row = await server.db
        .selectFrom("assessments")
        .selectAll()
        .where("id", "=", template.id)
        .executeTakeFirstOrThrow();
      const copies = Array.from({ length: 120 }, (_, index) => ({
        ...row,
        id: `asmtres-copy${String(index).padStart(3, "0")}`,
        job_id: null,
        queued_at: row.queued_at - 1000 + index,
      }));
      await server.db.insertInto("assessments").values(copies).execute();
      await assessWith(id, healthyPlan);
      expect(await history(id)).toHaveLength(100);
      const { assessments, next } = await must("GET", `/workspaces/${id}/assessments?limit=60`);
      const rest = await must("GET", `/workspaces/${id}/assessments?limit=60&after=${next}`);
      expect(new Set([...assessments, ...rest.assessments].map((one: any) => one.id)).size).toBe(100);
      expect(rest.next).toBeNull();
    });
  });
});
