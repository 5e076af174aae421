import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../testing/index.ts";
import { TfeFixture, type Answer } from "../testing/tfe-fixture.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../testing/webhook-receiver.ts";

describe.each(databasesUnderTest())("alerts and notifications on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let receiver: WebhookReceiver;
  let now: number;

  beforeEach(async () => {
    now = Date.now();
    database = await kind.create({ migrated: false });
    server = await startTestServer(database, { now: () => now, config: { "outbound-allow": ["127.0.0.1"] } });
    tfe = new TfeFixture(server);
    receiver = await startWebhookReceiver();
  });
  afterEach(async () => {
    await receiver.close();
    await server.close();
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
});
