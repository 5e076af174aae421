import {
  aState,
  databasesUnderTest,
  startTestServer,
  TfeFixture,
  type TestDatabase,
  type TestServer,
} from "@ingot/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClaimReply, RunnerJob } from "@ingot/runner/protocol";
import { callCommand, type CommandResult } from "../testing/call-command.ts";

/** Against a real server, with a runner played by the test. */
describe.each(databasesUnderTest())("status and assess on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let workspaceId: string;
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database);
    tfe = new TfeFixture(server);
    workspaceId = (await tfe.createWorkspace("machines")).id;
    await tfe.createWorkspace("idle");
    const { job } = await tfe.applyingRun(workspaceId);
    const instances = [{ attributes: { id: "1", image: "sha256:somebody-elses" } }];
    const state = aState(1, { resources: [{ mode: "managed", type: "devcloud_machine", name: "web", instances }] });
    await tfe.put(`${job.urls.state_upload}?final=true`, state);
    await tfe.complete(job);
    await server.settle();
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const ingot = (...args: string[]) => callCommand([...args, "--bootstrap-file", server.bootstrapFile.path]);

  const web = { address: "devcloud_machine.web", mode: "managed", type: "devcloud_machine", name: "web" };
  const change = (before: object, after: object) => ({
    ...web,
    change: { actions: ["update"], before, after, after_unknown: {}, before_sensitive: {}, after_sensitive: {} },
  });
  const plan = { format_version: "1.2", prior_state: { values: { root_module: { resources: [web] } } } };
  const drifted = {
    ...plan,
    resource_drift: [change({ size: "small" }, { size: "large" })],
    resource_changes: [change({ size: "large" }, { size: "small" })],
    checks: [
      {
        address: { kind: "check", to_display: "check.up" },
        status: "fail",
        instances: [{ problems: [{ message: "It is down." }] }],
      },
    ],
  };

  /** Runs the command while the test does the work that it waits for. */
  async function assess(work: (job: RunnerJob) => Promise<unknown>, ...args: string[]): Promise<CommandResult> {
    const result = ingot("assess", "machines", ...args);
    const claim = {
      runner: "assessor",
      engines: [{ name: "tofu", version: "1.6.2" }],
      phases: ["plan", "apply", "assess"],
    };
    const { job } = (await tfe.runner("/jobs/claim", { ...claim, wait_seconds: 10 })).json as ClaimReply;
    if (job === null) throw new Error(`There is no job to claim. ${JSON.stringify(await result)}`);
    await work(job);
    return result;
  }
  const finish = (planJson: object) => async (job: RunnerJob) => {
    await tfe.put(job.urls.plan_json, JSON.stringify(planJson));
    await tfe.complete(job, { has_changes: true });
  };

  it("status lists every workspace, and ends with 1 only when it was asked to", async () => {
    const { out, status } = await ingot("status");
    expect(status).toBe(0);
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["WORKSPACE", "IMAGES", "HEALTH", "ASSESSED", "FOLLOW", "ALERTS", "RUN"],
      ["idle", "-", "off", "-", "plan", "0", "-"],
      ["machines", "1 untracked", "off", "-", "plan", "0", "applied"],
    ]);
    expect((await ingot("status", "--exit-code")).status).toBe(0);
  });

  it("assess prints what drifted, before and after, and the checks that fail", async () => {
    const { out, err, status } = await assess(finish(drifted));
    expect(err).toContain("is under way");
    expect(status).toBe(0);
    expect(out).toMatch(/^drifted: devcloud_machine\.web \(changed outside\) since \d{4}-\d\d-\d\d \d\d:\d\d UTC$/m);
    expect(out).toContain('  size: "small" -> "large"');
    expect(out).toMatch(/^check failed: check\.up since /m);
    expect(out).toContain("  It is down.");
    expect(out).toContain("1 resource drifted; 0 of 1 check passed");
    await server.settle();
  });

  it("status of one workspace shows the same, and what else is known", async () => {
    const { out, status } = await ingot("status", "machines", "--exit-code");
    expect(status).toBe(1);
    for (const part of [
      `workspace  machines (${workspaceId})`,
      "images     1 untracked",
      "unknown  revoked: Nothing is known about the image of devcloud_machine.web",
      "follow     plan",
      "health     drifted",
      '    size: "small" -> "large"',
    ]) {
      expect(out).toContain(part);
    }
    const json = JSON.parse((await ingot("status", workspaceId, "--json")).out);
    expect(json).toMatchObject({ workspace: { name: "machines" }, health: { latest: { drifted: true } } });
    const all = JSON.parse((await ingot("status", "--json")).out);
    expect(all.workspaces).toMatchObject([{ name: "idle" }, { name: "machines", health: "drifted" }]);
    expect((await ingot("status", "--exit-code")).status).toBe(1);
  });

  it("assess --json prints the whole answer, and --exit-code says how it went", async () => {
    const poor = await assess(finish(drifted), "--json", "--exit-code");
    expect(poor.status).toBe(1);
    expect(JSON.parse(poor.out)).toMatchObject({ status: "finished", drift: [{ address: "devcloud_machine.web" }] });
    const good = await assess(finish(plan), "--exit-code");
    expect(good).toMatchObject({ status: 0, out: "0 resources drifted; no checks" });
  });

  it("a failed assessment is an error with its reason, never good news", async () => {
    const { status, err } = await assess((job) =>
      tfe.complete(job, { outcome: "errored", message: "No credentials." }),
    );
    expect(status).toBe(1);
    expect(err).toContain("The assessment failed: ");
    expect((await ingot("status")).out).toMatch(/^machines .* unknown /m);
  });

  it("assess --no-wait says which one it started, and a second one is refused with the reason", async () => {
    expect(await ingot("assess", "machines", "--no-wait")).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^assessment \S+ of machines is queued$/),
    });
    const refused = await ingot("assess", "machines");
    expect(refused).toMatchObject({ status: 1, err: expect.stringContaining("HTTP 409") });
  });

  it.each([
    [["assess"], 2, "takes one WORKSPACE"],
    [["status", "a", "b"], 2, "takes one WORKSPACE, or none"],
    [["assess", "idle"], 1, "No run of the workspace has been applied yet."],
    [["status", "machine"], 1, 'no workspace "machine" that you may see; there is machines'],
    [["where", "--workspace", "nothing"], 1, 'no workspace "nothing"'],
  ])("refuses %j and says why", async (args, status, message) => {
    expect(await ingot(...args)).toMatchObject({ status, err: expect.stringContaining(message) });
  });

  it("where lists the uses of one workspace", async () => {
    expect((await ingot("where", "--workspace", "machines", "--status", "untracked")).out).toContain("sha256:somebody");
    expect((await ingot("where", "--workspace", "idle")).out).toContain("No resource uses");
  });
});
