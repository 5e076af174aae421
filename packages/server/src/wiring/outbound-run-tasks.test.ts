import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { resolveServerConfig } from "../config/server-config.ts";
import { loadServerTls } from "../installation/server-certificate.ts";
import { databasesUnderTest } from "../testing/index.ts";
import { aState, TfeFixture } from "../testing/tfe-fixture.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../testing/webhook-receiver.ts";
import { startRegistry, type RegistryUnderTest } from "../wire/hcp-packer/testing/registry-under-test.ts";

const minute = 60_000;

describe.each(databasesUnderTest())("run tasks that runs ask on $name", (kind) => {
  let directory: string;
  let registry: RegistryUnderTest;
  let tfe: TfeFixture;
  let service: WebhookReceiver;
  let count = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "ingot-stages-"));
    const config = { "data-dir": directory };
    // The server is to call itself, so it trusts its own authority.
    const tls = await loadServerTls(resolveServerConfig([{ nameOf: (key) => key, values: config }]), Date.now);
    registry = await startRegistry(kind, {
      config: {
        ...config,
        "outbound-allow": ["127.0.0.1"],
        "outbound-ca-file": tls?.caFile,
        "run-task-hosts": ["127.0.0.1"],
      },
    });
    tfe = new TfeFixture(registry.server);
    service = await startWebhookReceiver();
  });
  afterAll(async () => {
    await service.close();
    await registry.close();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    service.answer = { status: 200 };
    while ((await tfe.claim()) !== null);
  });

  const settle = () => registry.server.settle();
  const calls = () => service.received.splice(0).map(({ json }) => json);

  async function createTask(attributes: Record<string, unknown> = {}): Promise<any> {
    const task = await tfe.must("POST", `organizations/${tfe.organization}/tasks`, {
      data: { type: "tasks", attributes: { name: `t${++count}`, url: service.url, category: "task", ...attributes } },
    });
    service.received.splice(0);
    return task;
  }

  async function workspaceWith(stages: readonly string[], level = "mandatory", task?: { id: string }): Promise<any> {
    const workspace = await tfe.createWorkspace(`w${++count}`);
    const { id } = task ?? (await createTask());
    await tfe.must("POST", `workspaces/${workspace.id}/tasks`, {
      data: {
        type: "workspace-tasks",
        attributes: { "enforcement-level": level, stages },
        relationships: { task: { data: { id, type: "tasks" } } },
      },
    });
    return workspace;
  }

  const stageOf = async (runId: string, include = "?include=task_results") => {
    const { json } = await tfe.api("GET", `runs/${runId}/task-stages${include}`);
    return { stage: json.data[0], results: (json.included ?? []) as any[] };
  };

  /** What a service answers; `path` and `token` as it was sent them. */
  const answer = (call: any, attributes: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    tfe.api(
      "PATCH",
      call.task_result_callback_url.slice(`${registry.server.url}/api/v2/`.length),
      { data: { type: "task-results", attributes, ...more } },
      { token: call.access_token },
    );

  /** A run that stands at its first stage, with the call that its service got. */
  async function calledRun(stages: readonly string[], level = "mandatory"): Promise<{ run: any; call: any }> {
    const workspace = await workspaceWith(stages, level);
    const run = await tfe.createRun(workspace.id);
    if (stages[0] !== "pre_plan") await tfe.finishPlan(await tfe.mustClaim());
    await settle();
    const sent = calls();
    expect(sent).toHaveLength(1);
    return { run, call: sent[0] };
  }

  it("are there with the run, before anything has begun, and are asked at their stage", async () => {
    const task = await createTask({ "hmac-key": "k" });
    const workspace = await workspaceWith(["post_plan"], "advisory", task);
    const run = await tfe.createRun(workspace.id);
    const { json } = await tfe.api("GET", `runs/${run.id}?include=task_stages`);
    expect(json.included).toMatchObject([
      { type: "task-stages", attributes: { stage: "post_plan", status: "pending" } },
    ]);
    const { stage, results } = await stageOf(run.id);
    expect(stage.relationships["task-results"].data).toEqual([{ id: results[0].id, type: "task-results" }]);
    expect(results[0].attributes).toMatchObject({
      status: "pending",
      "task-name": task.attributes.name,
      "workspace-task-enforcement-level": "advisory",
      stage: "post_plan",
    });
    expect((await stageOf(run.id, "")).results).toEqual([]);
    await settle();
    expect(calls()).toEqual([]);

    await tfe.finishPlan(await tfe.mustClaim());
    await settle();
    const [{ headers, text, json: call }] = service.received as [any];
    expect(headers["x-tfc-task-signature"]).toBe(createHmac("sha512", "k").update(text).digest("hex"));
    expect(call).toMatchObject({
      payload_version: 1,
      stage: "post_plan",
      capabilities: { outcomes: true },
      configuration_version_id: run.relationships["configuration-version"].data.id,
      is_speculative: false,
      organization_name: tfe.organization,
      plan_json_api_url: `${registry.server.url}/api/v2/plans/${run.relationships.plan.data.id}/json-output`,
      run_id: run.id,
      task_result_enforcement_level: "advisory",
      task_result_id: results[0].id,
      workspace_id: workspace.id,
      workspace_name: workspace.attributes.name,
      workspace_working_directory: null,
    });
    service.received.splice(0);
    expect(await tfe.status(run.id)).toBe("post_plan_running");
    expect((await stageOf(run.id)).results[0].attributes.status).toBe("running");

    const answered = await answer(call, { status: "failed", message: "3 findings", url: "https://scan.example/1" });
    expect(answered.status).toBe(200);
    // An advisory task is only shown.
    expect(await tfe.status(run.id)).toBe("post_plan_completed");
    expect((await stageOf(run.id)).stage.attributes.status).toBe("passed");
    const shown = await tfe.must("GET", `task-results/${results[0].id}`);
    expect(shown.attributes).toMatchObject({ status: "failed", message: "3 findings", url: "https://scan.example/1" });
  });

  it("let a run go on when they pass, and end it when a mandatory one does not", async () => {
    const passed = await calledRun(["pre_plan"]);
    expect(passed.call).not.toHaveProperty("plan_json_api_url");
    expect((await answer(passed.call, { status: "passed" })).status).toBe(200);
    expect(await tfe.status(passed.run.id)).toBe("plan_queued");
    await tfe.mustClaim();

    const failed = await calledRun(["pre_plan"]);
    await answer(failed.call, { status: "failed", message: "Not on Fridays." });
    const { attributes } = await tfe.run(failed.run.id);
    expect(attributes.status).toBe("errored");
    expect(attributes["error-message"]).toContain("Not on Fridays.");
    expect((await stageOf(failed.run.id)).stage.attributes.status).toBe("failed");
  });

  it("are asked at all four stages, and after the apply change nothing", async () => {
    const workspace = await workspaceWith(["pre_plan", "post_plan", "pre_apply", "post_apply"]);
    const run = await tfe.createRun(workspace.id, { "auto-apply": true });
    const asked: string[] = [];
    const ask = async (status: string) => {
      await settle();
      for (const call of calls()) {
        asked.push(call.stage);
        expect((await answer(call, { status })).status).toBe(200);
      }
    };
    await ask("passed");
    await tfe.finishPlan(await tfe.mustClaim());
    await ask("passed");
    await ask("passed");
    const job = await tfe.mustClaim();
    await tfe.put(`${job.urls.state_upload}?final=true`, aState(1));
    await tfe.complete(job);
    expect(await tfe.status(run.id)).toBe("post_apply_running");
    await ask("failed");
    expect(asked).toEqual(["pre_plan", "post_plan", "pre_apply", "post_apply"]);
    expect(await tfe.status(run.id)).toBe("applied");
  });

  it("of the whole organization are asked by every workspace, once, and as strictly as the stricter says", async () => {
    const task = await createTask({
      "global-configuration": { enabled: true, stages: ["pre_plan"], "enforcement-level": "mandatory" },
    });
    const plain = await tfe.createWorkspace(`plain${++count}`);
    const attached = await workspaceWith(["pre_plan", "post_plan"], "advisory", task);
    const results = [];
    for (const { id } of [plain, attached]) {
      const run = await tfe.createRun(id, { "plan-only": true });
      const { json } = await tfe.api("GET", `runs/${run.id}/task-stages?include=task_results`);
      results.push(
        json.included.map((one: any) => [one.attributes.stage, one.attributes["workspace-task-enforcement-level"]]),
      );
    }
    await tfe.must("PATCH", `tasks/${task.id}`, { data: { type: "tasks", attributes: { enabled: false } } });
    expect(results).toEqual([
      [["pre_plan", "mandatory"]],
      [
        ["pre_plan", "mandatory"],
        ["post_plan", "advisory"],
      ],
    ]);
    // Disabled: not asked at all.
    const run = await tfe.createRun(plain.id);
    expect(run.relationships["task-stages"].data).toEqual([]);
    await settle();
    calls();
  });

  it("keep what they find, replace it by its id, and refuse what is no answer", async () => {
    const { call } = await calledRun(["pre_plan"]);
    const outcome = (id: string, description: string, more = {}) => ({
      type: "task-result-outcomes",
      attributes: { "outcome-id": id, description, ...more },
    });
    const tags = { Severity: [{ label: "High", level: "error" }], "Cost Centre": [{ label: "IT" }] };
    const first = await answer(
      call,
      { status: "running", message: "half" },
      { relationships: { outcomes: { data: [outcome("A", "one", { tags, body: "# why" }), outcome("B", "two")] } } },
    );
    expect(first.json.data.attributes).toMatchObject({ status: "running", "task-result-outcomes-count": 2 });
    await answer(call, { status: "running", outcomes: [outcome("B", "two again"), outcome("B", "and again")] });
    const list = await tfe.must("GET", `task-results/${call.task_result_id}/outcomes`);
    expect(list.map((one: any) => one.attributes.description)).toEqual(["one", "two again", "and again"]);
    expect(list[0].attributes.tags).toEqual([
      { label: "Severity", value: [{ label: "High", level: "error" }] },
      { label: "Cost Centre", value: [{ label: "IT", level: "none" }] },
    ]);
    const body = await tfe.api("GET", list[0].links.body.slice("/api/v2/".length));
    expect([body.text, body.headers.get("content-type")]).toEqual(["# why", "text/plain; charset=utf-8"]);

    for (const attributes of [
      { status: "pending" },
      { status: "errored" },
      { status: "passed", message: "x".repeat(1001) },
      { status: "passed", url: "javascript:alert(1)" },
      { status: "passed", outcomes: [] },
      { status: "passed", outcomes: [outcome("x".repeat(65), "")] },
      { status: "passed", outcomes: Array.from({ length: 251 }, () => outcome("c", "")) },
    ]) {
      expect((await answer(call, attributes)).status).toBe(422);
    }
    expect((await answer(call, { status: "passed" })).status).toBe(200);
  });

  it("settle once: a second, a late and a contradicting answer change nothing", async () => {
    const { run, call } = await calledRun(["pre_plan"]);
    const both = await Promise.all([answer(call, { status: "passed" }), answer(call, { status: "failed" })]);
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    const settled = (await stageOf(run.id)).results[0].attributes.status;
    expect((await answer(call, { status: "running" })).status).toBe(409);
    expect((await stageOf(run.id)).results[0].attributes.status).toBe(settled);

    // While another task keeps the stage open, too.
    const two = await workspaceWith(["pre_plan"]);
    const second = await createTask();
    await tfe.must("POST", `workspaces/${two.id}/tasks`, {
      data: {
        type: "workspace-tasks",
        attributes: { "enforcement-level": "mandatory", stages: ["pre_plan"] },
        relationships: { task: { data: { id: second.id, type: "tasks" } } },
      },
    });
    const open = await tfe.createRun(two.id);
    await settle();
    const [one] = calls();
    expect((await answer(one, { status: "passed" })).status).toBe(200);
    expect((await answer(one, { status: "failed" })).status).toBe(409);
    expect(await tfe.status(open.id)).toBe("pre_plan_running");

    const canceled = await calledRun(["pre_plan"]);
    await tfe.must("POST", `runs/${canceled.run.id}/actions/cancel`, {});
    expect((await answer(canceled.call, { status: "passed" })).status).toBe(409);
    expect(await tfe.status(canceled.run.id)).toBe("canceled");
    // Clients poll for as long as a result is open.
    expect((await stageOf(canceled.run.id)).results[0].attributes.status).toBe("canceled");
  });

  it("have ten minutes after each word, and an hour in all", async () => {
    const silent = await calledRun(["pre_plan"]);
    registry.clock.now += 9 * minute;
    await settle();
    expect(await tfe.status(silent.run.id)).toBe("pre_plan_running");
    expect((await answer(silent.call, { status: "running" })).status).toBe(200);
    registry.clock.now += 9 * minute;
    await settle();
    expect(await tfe.status(silent.run.id)).toBe("pre_plan_running");
    registry.clock.now += minute + 1;
    // Nobody has noticed yet, but its time is over.
    expect((await answer(silent.call, { status: "passed" })).status).toBe(409);
    await settle();
    expect(await tfe.status(silent.run.id)).toBe("errored");
    expect((await stageOf(silent.run.id)).results[0].attributes.status).toBe("errored");

    const slow = await calledRun(["pre_plan"], "advisory");
    for (let i = 0; i < 6; i++) {
      expect((await answer(slow.call, { status: "running" })).status).toBe(200);
      registry.clock.now += 9 * minute + 50_000;
      await settle();
    }
    expect(await tfe.status(slow.run.id)).toBe("pre_plan_running");
    registry.clock.now += 2 * minute;
    await settle();
    expect(await tfe.status(slow.run.id)).toBe("plan_queued");
    // By now the credential has ended as well.
    expect((await answer(slow.call, { status: "passed" })).status).toBe(401);
  });

  it("are called again when they do not answer 200, and are an error after the fourth call", async () => {
    service.answer = { status: 200 };
    const workspace = await workspaceWith(["pre_plan"]);
    service.answer = { status: 503 };
    const run = await tfe.createRun(workspace.id);
    for (const waitMs of [0, 1000, 5000, 25_000]) {
      registry.clock.now += waitMs;
      await settle();
      expect(calls()).toHaveLength(1);
    }
    expect(await tfe.status(run.id)).toBe("errored");
    const { results } = await stageOf(run.id);
    expect(results[0].attributes).toMatchObject({ status: "errored" });
    expect(results[0].attributes.message).toContain("503");
  });

  it("may be called twice when the server dies between the call and its record, and settle once", async () => {
    const workspace = await workspaceWith(["pre_plan"]);
    const run = await tfe.createRun(workspace.id);
    await settle();
    const [first] = calls();
    // As the server that died had left it: called, and not recorded.
    const { db } = registry.server;
    await db
      .updateTable("task_results")
      .set({ status: "pending", attempts: 0, started_at: null, progress_at: null })
      .where("id", "=", first.task_result_id)
      .execute();
    await db
      .insertInto("jobs")
      .values({
        id: `again-${count}`,
        kind: "call-run-task",
        unique_key: `again-${count}`,
        payload: JSON.stringify({ resultId: first.task_result_id }),
        state: "running",
        run_at: 0,
        attempts: 1,
        attempts_max: 10,
        fence: 1,
        holder: "dead",
        lease_until: 1,
        last_error: null,
        created_at: 0,
      })
      .execute();
    await settle();
    const [second] = calls();
    expect(second.task_result_id).toBe(first.task_result_id);
    expect((await answer(second, { status: "passed" })).status).toBe(200);
    expect((await answer(first, { status: "failed" })).status).toBe(409);
    expect(await tfe.status(run.id)).toBe("plan_queued");
  });

  it("may answer before their call is recorded", async () => {
    const workspace = await workspaceWith(["pre_plan"]);
    const run = await tfe.createRun(workspace.id);
    await settle();
    const [call] = calls();
    await registry.server.db
      .updateTable("task_results")
      .set({ status: "pending", attempts: 0, started_at: null, progress_at: null })
      .where("id", "=", call.task_result_id)
      .execute();
    expect((await answer(call, { status: "running" })).status).toBe(200);
    registry.clock.now += 10 * minute;
    await settle();
    expect(await tfe.status(run.id)).toBe("errored");
  });

  it("get a credential that opens the plan, the callback and nothing else, until they have answered", async () => {
    const { run, call } = await calledRun(["post_plan"]);
    const other = await calledRun(["post_plan"]);
    const get = (path: string, token = call.access_token) => tfe.api("GET", path, undefined, { token });
    const plan = (of: any) => `plans/${of.relationships.plan.data.id}/json-output`;
    expect((await get(plan(run))).status).toBe(200);
    const configuration = (of: any) => `configuration-versions/${of.relationships["configuration-version"].data.id}`;
    expect(call.configuration_version_download_url).toContain(`${configuration(run)}/download`);
    expect((await get(`${configuration(run)}/download`)).status).toBe(200);
    for (const path of [
      plan(other.run),
      `${configuration(other.run)}/download`,
      configuration(run),
      `plans/${run.relationships.plan.data.id}`,
      `runs/${run.id}`,
      `workspaces/${run.relationships.workspace.data.id}/current-state-version`,
      "account/details",
    ]) {
      expect((await get(path)).status).toBe(401);
    }
    const wrong = await answer({ ...call, access_token: other.call.access_token }, { status: "passed" });
    expect(wrong.status).toBe(401);
    const person = await answer({ ...call, access_token: registry.tokens.admin }, { status: "passed" });
    expect(person.status).toBe(403);
    expect((await answer(call, { status: "passed" })).status).toBe(200);
    expect((await get(plan(run))).status).toBe(401);
  });

  it("can be the run task of this server's own registry, which looks at the plan and answers", async () => {
    const plan = await readFile(
      new URL("../features/plan-changes/fixtures/changed-configuration.json", import.meta.url),
      "utf8",
    );
    for (const n of [1, 2]) {
      await registry.publish("web", `fp-${n}`, [
        { artifacts: [{ external_identifier: `sha256:${n}`, region: "local" }] },
      ]);
    }
    const own = await registry.expect("GET", "/runtasks/validation", { as: registry.tokens.admin });
    const task = await createTask({ url: own.api_url, "hmac-key": own.hmac_key });
    const go = async (text: string) => {
      const workspace = await workspaceWith(["post_plan"], "mandatory", task);
      const run = await tfe.createRun(workspace.id);
      await tfe.finishPlan(await tfe.mustClaim(), { planJson: JSON.parse(text) as object });
      for (let i = 0; i < 3; i++) await settle();
      return run;
    };
    const good = await go(plan);
    expect(await tfe.status(good.id)).toBe("post_plan_completed");
    const [result] = (await stageOf(good.id)).results;
    expect(result.attributes.status).toBe("passed");

    const body = { on_untracked_image: "FAIL" };
    await registry.expect("PATCH", "/runtasks/config", { as: registry.tokens.admin, body });
    const bad = await go(plan.replaceAll("sha256:2", "sha256:unknown"));
    const { results } = await stageOf(bad.id);
    expect(results[0].attributes.status).toBe("failed");
    expect(await tfe.must("GET", `task-results/${results[0].id}/outcomes`)).not.toEqual([]);
    expect(await tfe.status(bad.id)).toBe("errored");
  });
});
