import { createHmac } from "node:crypto";
import type { ClaimReply } from "@ingot/runner/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventRecordedJob, listEvents } from "../features/events/index.ts";
import { claimJobs, enqueueJob } from "../jobs/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../testing/index.ts";
import { insertPrincipal } from "../features/principals/index.ts";
import { startMailReceiver, type MailReceiver } from "../testing/mail-receiver.ts";
import { aState, emptyPlan, TfeFixture, type Answer } from "../testing/tfe-fixture.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../testing/webhook-receiver.ts";

describe.each(databasesUnderTest())("alerts and notifications on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let receiver: WebhookReceiver;
  let mail: MailReceiver;
  let now: number;

  beforeEach(async () => {
    now = Date.now();
    mail = await startMailReceiver({ disabledCommands: ["STARTTLS", "AUTH"] });
    database = await kind.create();
    server = await startTestServer(database, {
      now: () => now,
      config: {
        "outbound-allow": ["127.0.0.1"],
        "smtp-url": `smtp://127.0.0.1:${mail.port}`,
        "mail-from": "Ingot <ingot@example.com>",
      },
    });
    tfe = new TfeFixture(server);
    receiver = await startWebhookReceiver();
  });
  afterEach(async () => {
    await receiver.close();
    await server.close();
    await mail.close();
    await database.close();
  });

  async function api(method: string, path: string, body?: unknown, token?: string): Promise<Answer> {
    return server.fetch(`/api/v1/${path}`, {
      method,
      headers: {
        ...(token === undefined ? server.admin : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function must(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await api(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  async function aWebhook(more: Record<string, unknown> = {}): Promise<any> {
    const made = await must("POST", "notification-configurations", {
      name: "hook",
      destination: "webhook",
      url: receiver.url,
      triggers: ["alert:run_failed", "alert:run_waiting"],
      enabled: true,
      ...more,
    });
    receiver.received.length = 0;
    return made;
  }

  /** A run whose plan fails, with everything that follows from it. */
  async function failRun(workspaceId: string): Promise<string> {
    const run = await tfe.createRun(workspaceId);
    await tfe.complete(await tfe.mustClaim(), { outcome: "errored", message: "no such provider" });
    await server.settle();
    return run.id;
  }

  async function applyRun(workspaceId: string): Promise<void> {
    const { job } = await tfe.applyingRun(workspaceId);
    const done = await tfe.complete(job);
    if (done.status !== 200) throw new Error(done.text);
    await server.settle();
  }

  const told = () => receiver.received.map(({ json }) => [json.trigger, json.state]);

  it("opens an alert when a run fails, tells a webhook, and says so when the next run succeeds", async () => {
    const workspace = await tfe.createWorkspace("web");
    await aWebhook({ token: "s3cret", triggers: ["alert:run_failed"] });
    const runId = await failRun(workspace.id);
    expect(told()).toEqual([["alert:run_failed", "opened"]]);
    const { alerts } = await must("GET", "alerts");
    expect(alerts).toMatchObject([
      {
        kind: "run-failed",
        severity: "critical",
        state: "open",
        title: "Run 1 of web failed",
        detail: "no such provider",
        workspace: { id: workspace.id, name: "web" },
        run_id: runId,
        resolved_at: null,
      },
    ]);
    const { headers, text, json } = receiver.received[0]!;
    expect(headers["x-tfe-notification-signature"]).toBe(createHmac("sha512", "s3cret").update(text).digest("hex"));
    expect(json).toMatchObject({
      payload_version: "ingot-1",
      trigger: "alert:run_failed",
      state: "opened",
      alert: { id: alerts[0].id, url: `${server.url}/app/alerts/${alerts[0].id}`, resolved_at: null },
      workspace: { id: workspace.id, name: "web", url: `${server.url}/app/workspaces/${workspace.id}` },
      run: { id: runId, url: `${server.url}/app/runs/${runId}` },
      organization_name: tfe.organization,
    });

    now += 1000;
    await applyRun(workspace.id);
    expect(told()).toEqual([
      ["alert:run_failed", "opened"],
      ["alert:run_failed", "resolved"],
    ]);
    expect((await must("GET", "alerts")).alerts).toEqual([]);
    const resolved = await must("GET", `alerts/${alerts[0].id}`);
    expect(resolved.state).toBe("resolved");
    expect(resolved.deliveries.map((d: any) => d.state)).toEqual(["delivered", "delivered"]);
  });

  it("opens one for a run that waits for a person, and resolves it when somebody decides", async () => {
    const workspace = await tfe.createWorkspace("web");
    await aWebhook();
    const run = await tfe.plannedRun(workspace.id);
    await server.settle();
    expect(told()).toEqual([["alert:run_waiting", "opened"]]);
    expect((await must("GET", `alerts?workspace=${workspace.id}`)).alerts).toMatchObject([
      { kind: "run-waiting", severity: "info", run_id: run.id },
    ]);
    await tfe.must("POST", `runs/${run.id}/actions/discard`, {});
    await server.settle();
    expect(told().at(-1)).toEqual(["alert:run_waiting", "resolved"]);
    expect((await must("GET", "alerts?state=resolved")).alerts).toHaveLength(1);
  });

  it("says again that it failed, as a change of the same alert", async () => {
    const workspace = await tfe.createWorkspace("web");
    await aWebhook();
    await failRun(workspace.id);
    now += 1000;
    await failRun(workspace.id);
    expect(told()).toEqual([
      ["alert:run_failed", "opened"],
      ["alert:run_failed", "changed"],
    ]);
    const ids = receiver.received.map(({ json }) => json.alert.id);
    expect(ids[0]).toBe(ids[1]);
    expect((await must("GET", "alerts?state=all")).alerts).toHaveLength(1);
  });

  describe("drift and checks", () => {
    const machine = { address: "m.web", mode: "managed", type: "m", name: "web" };
    const update = (address: string, before: unknown, after: unknown) => ({
      ...machine,
      address,
      change: { actions: ["update"], before, after, after_unknown: {}, before_sensitive: {}, after_sensitive: {} },
    });
    const planWith = (drifted: string[], checks: unknown[] = []) => ({
      ...emptyPlan,
      prior_state: { values: { root_module: { resources: [machine] } } },
      resource_drift: drifted.map((address) => update(address, { size: "s" }, { size: "l" })),
      resource_changes: drifted.map((address) => update(address, { size: "l" }, { size: "s" })),
      checks,
    });
    const check = (status: string) => ({
      address: { kind: "check", to_display: "check.up" },
      status,
      instances: [{ problems: status === "fail" ? [{ message: "It is down." }] : [] }],
    });

    async function assess(workspaceId: string, planJson: unknown): Promise<void> {
      now += 60_000;
      await must("POST", `workspaces/${workspaceId}/assessments`);
      const answer = await tfe.runner("/jobs/claim", {
        runner: "assessor",
        engines: [{ name: "tofu", version: "1.6.2" }],
        wait_seconds: 0,
        phases: ["plan", "apply", "assess"],
      });
      const { job } = answer.json as ClaimReply;
      if (job === null) throw new Error("There is no assessment to make.");
      if (planJson === undefined) await tfe.complete(job, { outcome: "errored", message: "no cloud" });
      else {
        await tfe.put(job.urls.plan_json, JSON.stringify(planJson));
        const done = await tfe.complete(job);
        if (done.status !== 200) throw new Error(done.text);
      }
      await server.settle();
    }

    async function aWorkspaceWithState(): Promise<string> {
      const workspace = await tfe.createWorkspace("web");
      const { job } = await tfe.applyingRun(workspace.id);
      const resources = [{ mode: "managed", type: "m", name: "web", instances: [{ attributes: { id: "1" } }] }];
      await tfe.put(`${job.urls.state_upload}?final=true`, aState(1, { resources }));
      await tfe.complete(job);
      await server.settle();
      return workspace.id;
    }

    it("open alerts that change when more drifts, stay while nothing is known, and resolve", async () => {
      const id = await aWorkspaceWithState();
      await aWebhook({ workspace: id, triggers: ["alert:drift", "alert:check", "alert:assessment_failed"] });
      await assess(id, planWith(["m.a"]));
      await assess(id, planWith(["m.a"]));
      await assess(id, planWith(["m.a", "m.b"], [check("fail")]));
      await assess(id, undefined);
      expect(told().map(String).sort()).toEqual([
        "alert:assessment_failed,opened",
        "alert:check,opened",
        "alert:drift,changed",
        "alert:drift,opened",
      ]);
      const open = (await must("GET", "alerts")).alerts as { kind: string; title: string }[];
      expect(open.map((alert) => [alert.kind, alert.title])).toEqual([
        ["assessment-failed", "web could not be assessed"],
        ["check", "check.up of web fails"],
        ["drift", "2 resources of web changed outside of Terraform"],
      ]);
      receiver.received.length = 0;
      await assess(id, planWith([], [check("pass")]));
      expect(told().map(String).sort()).toEqual([
        "alert:assessment_failed,resolved",
        "alert:check,resolved",
        "alert:drift,resolved",
      ]);
      expect((await must("GET", "alerts")).alerts).toEqual([]);
    });

    it("tell of assessments in the published document, when they find something new", async () => {
      const id = await aWorkspaceWithState();
      const triggers = ["assessment:drifted", "assessment:check_failure", "assessment:failed"];
      const { id: configurationId } = await aWebhook({ workspace: id, triggers });
      await assess(id, planWith(["m.a"], [check("fail")]));
      await assess(id, planWith(["m.a"], [check("fail")]));
      await assess(id, undefined);
      expect(receiver.received.map(({ json }) => [json.trigger, json.message])).toEqual([
        ["assessment:drifted", "Drift Detected"],
        ["assessment:check_failure", "Check Failed"],
        ["assessment:failed", "Assessment Failed"],
      ]);
      expect(receiver.received[0]?.json).toMatchObject({
        payload_version: "2",
        notification_configuration_id: configurationId,
        notification_configuration_url: `${server.url}/api/v2/notification-configurations/${configurationId}`,
        trigger_scope: "assessment",
        details: {
          new_assessment_result: {
            succeeded: true,
            drifted: true,
            all_checks_succeeded: false,
            resources_drifted: 1,
            checks_failed: 1,
          },
          prior_assessment_result: null,
          workspace_id: id,
          workspace_name: "web",
          organization_name: tfe.organization,
        },
      });
      expect(receiver.received[2]?.json.details.prior_assessment_result).toMatchObject({ drifted: true });
    });
  });

  describe("a delivery", () => {
    const deliveries = async (id: string): Promise<any[]> =>
      (await must("GET", `notification-configurations/${id}/deliveries`)).deliveries;
    const deliveryIds = () => receiver.received.map(({ headers }) => headers["x-ingot-delivery"]);

    it("is tried again under the same id until the receiver is back", async () => {
      const workspace = await tfe.createWorkspace("web");
      const { id } = await aWebhook();
      receiver.answer = { status: 503, body: "not now" };
      await failRun(workspace.id);
      const [first] = await deliveries(id);
      expect(first).toMatchObject({
        trigger: "alert:run_failed",
        state: "pending",
        attempts: 1,
        response_status: 503,
        response_body: "not now",
        error: "The receiver answered 503.",
      });
      await server.settle();
      expect(receiver.received).toHaveLength(1);
      now = Date.parse(first.next_attempt_at);
      await server.settle();
      receiver.answer = { status: 202 };
      now += 120_000;
      await server.settle();
      expect(deliveryIds()).toEqual([first.id, first.id, first.id]);
      expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
      expect(await deliveries(id)).toMatchObject([
        { state: "delivered", attempts: 3, response_status: 202, error: null, next_attempt_at: null },
        { trigger: "verification" },
      ]);
    });

    it("is given up after eight attempts, and everything else goes on", async () => {
      const workspace = await tfe.createWorkspace("web");
      const { id } = await aWebhook();
      receiver.answer = { status: 500 };
      await failRun(workspace.id);
      for (let i = 0; i < 12; i++) {
        now += 3_600_000;
        await server.settle();
      }
      expect(receiver.received).toHaveLength(8);
      expect((await deliveries(id))[0]).toMatchObject({ state: "failed", attempts: 8, next_attempt_at: null });
    });

    it("survives whoever was about to make it", async () => {
      const workspace = await tfe.createWorkspace("web");
      await aWebhook();
      // The sweep would find the failed run by itself, but not so soon after the last look.
      await server.settle();
      await tfe.createRun(workspace.id);
      await tfe.complete(await tfe.mustClaim(), { outcome: "errored" });
      // Dies with every job that there is in its hands, event and all.
      const dead = { kinds: [eventRecordedJob], holder: "dead", leaseMs: 30_000, limit: 100, now, takeOver: true };
      expect(await claimJobs(database.db, dead)).not.toHaveLength(0);
      await server.settle();
      expect(receiver.received).toEqual([]);
      now += 31_000;
      await server.settle();
      expect(told()).toEqual([["alert:run_failed", "opened"]]);
    });

    it("that was made and not recorded is made again under the same id", async () => {
      const workspace = await tfe.createWorkspace("web");
      const { id } = await aWebhook();
      await failRun(workspace.id);
      const [made] = await deliveries(id);
      // As if the process had died between the answer of the receiver and the commit.
      await database.db.transaction().execute(async (tx) => {
        await tx
          .updateTable("deliveries")
          .set({ state: "pending", attempts: 0, next_attempt_at: now })
          .where("id", "=", made.id)
          .execute();
        await enqueueJob(tx, { kind: "deliver", payload: { deliveryId: made.id } }, now);
      });
      await server.settle();
      expect(deliveryIds()).toEqual([made.id, made.id]);
      expect((await deliveries(id))[0]).toMatchObject({ state: "delivered", attempts: 1 });
    });

    it("is one for an event that is handled twice, by two at once", async () => {
      const workspace = await tfe.createWorkspace("web");
      await aWebhook({ triggers: ["alert:run_failed", "run:errored"] });
      await failRun(workspace.id);
      expect(receiver.received).toHaveLength(2);
      const { organizationId } = server;
      for (const event of await listEvents(database.db, { organizationId, projects: null, limit: 100 })) {
        await database.db.transaction().execute(async (tx) => {
          for (const key of ["again", "and again"]) {
            const payload = { eventId: event.id };
            await enqueueJob(tx, { kind: eventRecordedJob, payload, uniqueKey: `${event.id} ${key}` }, now);
          }
        });
      }
      await Promise.all([server.settle(), server.settle()]);
      await server.settle();
      expect(receiver.received).toHaveLength(2);
      expect((await must("GET", "alerts?state=all")).alerts).toHaveLength(1);
    });

    it("about an alert waits for the one before it: nobody reads the end before the beginning", async () => {
      const workspace = await tfe.createWorkspace("web");
      const { id } = await aWebhook({ triggers: ["alert:run_failed"] });
      receiver.answer = { status: 500 };
      await failRun(workspace.id);
      receiver.received.length = 0;
      receiver.answer = { status: 200 };
      now += 1000;
      await applyRun(workspace.id);
      expect(receiver.received).toEqual([]);
      now += 60_000;
      await server.settle();
      now += 60_000;
      await server.settle();
      expect(told()).toEqual([
        ["alert:run_failed", "opened"],
        ["alert:run_failed", "resolved"],
      ]);
      expect((await deliveries(id)).map((one) => one.state)).toEqual(["delivered", "delivered", "delivered"]);
    });

    it("is not made for a configuration that was disabled meanwhile, nor for what it does not ask for", async () => {
      const workspace = await tfe.createWorkspace("web");
      const { id } = await aWebhook();
      const other = await tfe.createWorkspace("other");
      await aWebhook({ workspace: other.id });
      await aWebhook({ triggers: ["alert:drift"] });
      receiver.answer = { status: 500 };
      await failRun(workspace.id);
      expect(receiver.received).toHaveLength(1);
      await must("PATCH", `notification-configurations/${id}`, { enabled: false });
      now += 60_000;
      await server.settle();
      expect(receiver.received).toHaveLength(1);
      expect((await deliveries(id))[0]).toMatchObject({ state: "failed" });
    });
  });

  it("sends mail that says what happened, since when and what to do, and another when it is over", async () => {
    const workspace = await tfe.createWorkspace("web");
    await must("POST", "notification-configurations", {
      name: "us",
      destination: "email",
      email_addresses: ["ada@example.com"],
      triggers: ["alert:run_failed"],
      enabled: true,
    });
    expect(mail.received.map((one) => one.mail.subject)).toEqual(["[Ingot] Verification of us"]);
    await failRun(workspace.id);
    now += 1000;
    await applyRun(workspace.id);
    expect(mail.received.map((one) => one.mail.subject).slice(1)).toEqual([
      "[Ingot] Alert: Run 1 of web failed",
      "[Ingot] Resolved: Run 1 of web failed",
    ]);
    const text = mail.received[1]?.mail.text ?? "";
    for (const part of [
      "no such provider",
      "Workspace: web",
      "Since: 20",
      "Read the log",
      `${server.url}/app/alerts/`,
    ]) {
      expect(text).toContain(part);
    }
    expect(mail.received[1]?.to).toEqual(["ada@example.com"]);
  });

  it("e-mail goes to people who are in the organization, and to nobody who was only invited or has left", async () => {
    const { db, organizationId } = server;
    const asUser = { kind: "user", organizationId, projectId: null } as const;
    const bob = await insertPrincipal(db, { ...asUser, name: "bob", email: "bob@example.com" }, now);
    const eve = await insertPrincipal(db, { ...asUser, name: "eve", email: "eve@example.com" }, now);
    const setStatus = (id: string, status: string) =>
      db.updateTable("organization_memberships").set({ status }).where("principal_id", "=", id).execute();
    await setStatus(eve.id, "invited");
    const { id: workspaceId } = await tfe.createWorkspace("mailed");
    const attributes = { name: "us", "destination-type": "email", triggers: ["run:created"], enabled: false };
    const { id } = await tfe.must("POST", `workspaces/${workspaceId}/notification-configurations`, {
      data: {
        type: "notification-configurations",
        attributes,
        relationships: { users: { data: [bob, eve].map((one) => ({ id: one.id, type: "users" })) } },
      },
    });
    const body = (users: string[]) => ({
      data: {
        type: "notification-configurations",
        attributes: { enabled: true },
        relationships: { users: { data: users.map((one) => ({ id: one, type: "users" })) } },
      },
    });
    // Nobody to try it with yet.
    for (const users of [[], [eve.id]]) {
      expect((await tfe.api("PATCH", `notification-configurations/${id}`, body(users))).status).toBe(200);
    }
    expect(mail.received).toEqual([]);
    expect((await tfe.api("PATCH", `notification-configurations/${id}`, body([bob.id, eve.id]))).status).toBe(200);
    expect(mail.received.splice(0).map(({ to }) => to)).toEqual([["bob@example.com"]]);
    const verify = () => tfe.api("POST", `notification-configurations/${id}/actions/verify`);
    expect((await verify()).status).toBe(200);
    expect(mail.received.map(({ to }) => to)).toEqual([["bob@example.com"]]);
    await db.deleteFrom("organization_memberships").where("principal_id", "=", bob.id).execute();
    await setStatus(eve.id, "active");
    expect((await verify()).status).toBe(200);
    expect(mail.received.map(({ to }) => to)).toEqual([["bob@example.com"], ["eve@example.com"]]);
  });

  it.each([
    ["slack", (json: any) => json.attachments[0].text],
    ["microsoft-teams", (json: any) => json.attachments[0].content.body[1].text],
  ])("speaks the language of %s", async (destination, textOf) => {
    const workspace = await tfe.createWorkspace("web");
    const made = await aWebhook({ destination });
    expect(made.target).toMatch(/^127\.0\.0\.1:\d+$/);
    await failRun(workspace.id);
    expect(textOf(receiver.received[0]?.json)).toContain("no such provider");
  });

  describe("the API", () => {
    it("refuses what cannot be called or understood, before anything is called", async () => {
      const hook = { name: "n", destination: "webhook", url: receiver.url, triggers: ["alert:drift"], enabled: true };
      for (const [change, code] of [
        [{ url: "http://169.254.169.254/latest/meta-data" }, "outbound_refused"],
        [{ url: "http://[::1]/" }, "outbound_refused"],
        [{ url: "http://localhost/" }, "outbound_refused"],
        [{ url: "file:///etc/passwd" }, "outbound_refused"],
        [{ url: null }, "notification_url"],
        [{ triggers: ["alert:everything"] }, "notification_triggers"],
        [{ destination: "email", url: null, email_addresses: ["x@y\nBcc: z@y"] }, "notification_addresses"],
        [{ destination: "slack", token: "t" }, "notification_token"],
        [{ destination: "pager" }, "schema"],
        [{ color: "red" }, "schema"],
      ] as const) {
        const answer = await api("POST", "notification-configurations", { ...hook, ...change });
        expect([answer.status, answer.json.error], JSON.stringify(change)).toEqual([422, code]);
      }
      receiver.answer = { status: 404 };
      const answer = await api("POST", "notification-configurations", hook);
      expect([answer.status, answer.json.error]).toEqual([422, "verification_failed"]);
      expect((await must("GET", "notification-configurations")).notification_configurations).toEqual([]);
      expect(mail.received).toEqual([]);
    });

    it("changes what is given, keeps the token unseen, and verifies on demand", async () => {
      const { id } = await aWebhook({ token: "old" });
      const path = `notification-configurations/${id}`;
      const changed = await must("PATCH", path, { name: "renamed", triggers: ["alert:drift"] });
      expect(changed).toMatchObject({ name: "renamed", triggers: ["alert:drift"], has_token: true, enabled: true });
      expect(receiver.received).toEqual([]);
      await must("PATCH", path, { token: null });
      expect(receiver.received).toHaveLength(1);
      expect(receiver.received[0]?.headers["x-tfe-notification-signature"]).toBeUndefined();
      const verified = await must("POST", `${path}/verify`);
      expect(verified).toMatchObject({
        has_token: false,
        last_delivery: { state: "delivered", trigger: "verification" },
      });
      expect((await api("DELETE", path)).status).toBe(204);
      expect((await api("GET", path)).status).toBe(404);
    });

    it("shows nothing of another organization, and to a viewer neither address nor any change", async () => {
      const workspace = await tfe.createWorkspace("web");
      const { id } = await aWebhook({ workspace: workspace.id });
      await failRun(workspace.id);
      const [alert] = (await must("GET", "alerts")).alerts;
      const stranger = await tfe.strangerToken();
      for (const [method, path, body] of [
        ["GET", "notification-configurations/", undefined],
        ["PATCH", "notification-configurations/", { name: "x" }],
        ["DELETE", "notification-configurations/", undefined],
      ] as const) {
        const hidden = await api(method, path + id, body, stranger);
        const missing = await api(method, `${path}nc-aaaaaaaaaaaaaaaa`, body, stranger);
        expect([hidden.status, hidden.json]).toEqual([404, missing.json]);
      }
      for (const path of ["deliveries", "verify"]) {
        const method = path === "verify" ? "POST" : "GET";
        expect((await api(method, `notification-configurations/${id}/${path}`, undefined, stranger)).status).toBe(404);
      }
      expect((await api("GET", `alerts/${alert.id}`, undefined, stranger)).status).toBe(404);
      expect((await api("GET", "alerts?state=all", undefined, stranger)).json.alerts).toEqual([]);
      expect((await api("GET", `alerts?workspace=${workspace.id}`, undefined, stranger)).status).toBe(404);
      const there = { name: "n", destination: "webhook", url: receiver.url, workspace: workspace.id };
      expect((await api("POST", "notification-configurations", there, stranger)).status).toBe(404);
      expect((await api("GET", "notification-configurations", undefined, stranger)).json).toMatchObject({
        notification_configurations: [],
      });

      const viewer = await tfe.tokenOf("viewer");
      const seen = await api("GET", `notification-configurations/${id}`, undefined, viewer);
      expect(seen.json).toMatchObject({ url: null, target: new URL(receiver.url).host });
      expect((await api("PATCH", `notification-configurations/${id}`, { name: "x" }, viewer)).status).toBe(403);
      expect((await api("POST", "notification-configurations", there, viewer)).status).toBe(403);
      expect((await api("GET", "alerts", undefined, viewer)).json.alerts).toHaveLength(1);
    });

    it("pages alerts, configurations and deliveries", async () => {
      const workspace = await tfe.createWorkspace("web");
      const { id } = await aWebhook();
      await aWebhook();
      await failRun(workspace.id);
      await failRun((await tfe.createWorkspace("other")).id);
      for (const [path, noun, total] of [
        ["alerts?state=all", "alerts", 2],
        ["notification-configurations?", "notification_configurations", 2],
        [`notification-configurations/${id}/deliveries?`, "deliveries", 3],
      ] as const) {
        const ids: string[] = [];
        let after = "";
        for (;;) {
          const page = await must("GET", `${path}&limit=1${after === "" ? "" : `&after=${after}`}`);
          ids.push(...page[noun].map((one: any) => one.id));
          if (page.next === null) break;
          after = page.next;
        }
        expect(ids, path).toHaveLength(total);
        expect(new Set(ids).size).toBe(total);
      }
    });
  });
});
