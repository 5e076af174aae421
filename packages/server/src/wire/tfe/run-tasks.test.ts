import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { TfeFixture } from "../../testing/tfe-fixture.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../../testing/webhook-receiver.ts";

describe.each(databasesUnderTest())("run tasks of the Terraform plane on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let receiver: WebhookReceiver;
  let count = 0;

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { config: { "outbound-allow": ["127.0.0.1"] } });
    tfe = new TfeFixture(server);
    receiver = await startWebhookReceiver();
  });
  afterAll(async () => {
    await receiver.close();
    await server.close();
    await database.close();
  });
  beforeEach(() => {
    receiver.answer = { status: 200 };
    receiver.received.splice(0);
  });

  const body = (attributes: Record<string, unknown>, relationships?: object) => ({
    data: { type: "tasks", attributes, ...(relationships === undefined ? {} : { relationships }) },
  });
  const post = (attributes: Record<string, unknown> = {}, relationships?: object) =>
    tfe.api(
      "POST",
      `organizations/${tfe.organization}/tasks`,
      body({ name: `task-${++count}`, url: receiver.url, category: "task", ...attributes }, relationships),
    );
  const create = async (attributes: Record<string, unknown> = {}) => {
    const made = await post(attributes);
    expect(made.status).toBe(201);
    return made.json.data;
  };
  const attach = (workspaceId: string, taskId: string, attributes: Record<string, unknown> = {}) =>
    tfe.api("POST", `workspaces/${workspaceId}/tasks`, {
      data: {
        type: "workspace-tasks",
        attributes: { "enforcement-level": "mandatory", ...attributes },
        relationships: { task: { data: { id: taskId, type: "tasks" } } },
      },
    });

  it("are verified with a signed call before they are made, and never show their key", async () => {
    const task = await create({ "hmac-key": "s3cret", description: "What is it for" });
    expect(task).toMatchObject({
      type: "tasks",
      attributes: {
        url: receiver.url,
        category: "task",
        "hmac-key": null,
        enabled: true,
        description: "What is it for",
        "global-configuration": { enabled: false, stages: ["post_plan"], "enforcement-level": "advisory" },
      },
      relationships: { organization: { data: { id: tfe.organization, type: "organizations" } } },
    });
    expect(receiver.received).toHaveLength(1);
    const { headers, text, json } = receiver.received[0]!;
    expect(headers["x-tfc-task-signature"]).toBe(createHmac("sha512", "s3cret").update(text).digest("hex"));
    expect(json).toMatchObject({ access_token: "test-token", task_result_id: `taskrs-${"x".repeat(16)}` });
    await create();
    // Receivers refuse a signature that they cannot check.
    expect(receiver.received[1]!.headers["x-tfc-task-signature"]).toBe("");
  });

  it.each([
    [204, "204"],
    [500, "500"],
  ])("are not made when the service answers the verification with %i", async (status, said) => {
    receiver.answer = { status };
    const refused = await post();
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].detail).toContain(said);
    const name = `task-${count}`;
    expect(JSON.stringify(await tfe.must("GET", `organizations/${tfe.organization}/tasks`))).not.toContain(`"${name}"`);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["a name with a space", { name: "a task" }, "run_task_name"],
    ["another category", { category: "other" }, "run_task_category"],
    ["a description of 301 characters", { description: "x".repeat(301) }, "run_task_description"],
    ["an address that is not public", { url: "http://10.0.0.1/" }, "outbound_refused"],
    ["global stages that are none", { "global-configuration": { enabled: true, stages: [] } }, "run_task_stages"],
  ])("with %s are refused without a call", async (_what, attributes, code) => {
    const refused = await post(attributes);
    expect([refused.status, refused.json.errors[0].code]).toEqual([422, code]);
    expect(receiver.received).toEqual([]);
  });

  it("cannot be forwarded by an agent, and say so as clients expect it", async () => {
    const refused = await post({}, { "agent-pool": { data: { type: "agent-pools", id: "apool-none" } } });
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].detail).toContain("The provided agent pool does not exist");
  });

  it("change in what is given, verified again while they are enabled; a name is given once", async () => {
    const task = await create();
    const other = await create();
    receiver.received.splice(0);
    const path = `tasks/${task.id}`;
    const changed = await tfe.must(
      "PATCH",
      path,
      body({ "global-configuration": { enabled: true, stages: ["pre_plan"] } }),
    );
    expect(changed.attributes["global-configuration"]).toEqual({
      enabled: true,
      stages: ["pre_plan"],
      "enforcement-level": "advisory",
    });
    expect(receiver.received).toHaveLength(1);
    receiver.answer = { status: 500 };
    expect((await tfe.api("PATCH", path, body({}))).status).toBe(422);
    // A dead service can be switched off.
    expect((await tfe.must("PATCH", path, body({ enabled: false }))).attributes.enabled).toBe(false);
    const taken = await tfe.api("PATCH", path, body({ name: other.attributes.name }));
    expect([taken.status, taken.json.errors[0].code]).toEqual([422, "name_taken"]);
    await tfe.must("DELETE", path);
    expect((await tfe.api("GET", path)).status).toBe(404);
  });

  it("are attached to workspaces, once each, and shown with where they are", async () => {
    const { id: workspaceId } = await tfe.createWorkspace(`attached-${++count}`);
    const task = await create();
    const made = await attach(workspaceId, task.id, { stages: ["pre_plan", "post_plan"] });
    expect(made.status).toBe(201);
    expect(made.json.data).toMatchObject({
      type: "workspace-tasks",
      attributes: { "enforcement-level": "mandatory", stage: "pre_plan", stages: ["pre_plan", "post_plan"] },
      relationships: { task: { data: { id: task.id } }, workspace: { data: { id: workspaceId } } },
    });
    expect((await attach(workspaceId, task.id)).status).toBe(422);
    const one = `workspaces/${workspaceId}/tasks/${made.json.data.id}`;
    const older = await tfe.must("PATCH", one, {
      data: { type: "workspace-tasks", attributes: { stage: "pre_apply" } },
    });
    expect(older.attributes).toMatchObject({ stages: ["pre_apply"], "enforcement-level": "mandatory" });
    const { json } = await tfe.api("GET", `tasks/${task.id}?include=workspace_tasks.workspace`);
    expect(json.data.relationships["workspace-tasks"].data).toEqual([
      { id: made.json.data.id, type: "workspace-tasks" },
    ]);
    expect(json.included.map((one: any) => one.type)).toEqual(["workspace-tasks", "workspaces"]);
    const inUse = await tfe.api("DELETE", `tasks/${task.id}`);
    expect([inUse.status, inUse.json.errors[0].code]).toEqual([409, "run_task_in_use"]);
    const elsewhere = await tfe.createWorkspace(`elsewhere-${count}`);
    expect((await tfe.api("GET", one.replace(workspaceId, elsewhere.id))).status).toBe(404);
    await tfe.must("DELETE", one);
    expect((await tfe.api("DELETE", one)).status).toBe(404);
    await tfe.must("DELETE", `tasks/${task.id}`);
  });

  it("are paged by name", async () => {
    await create();
    await create();
    const list = (number: number) =>
      tfe.api("GET", `organizations/${tfe.organization}/tasks?page[size]=1&page[number]=${number}`);
    const first = (await list(1)).json;
    const second = (await list(2)).json;
    expect(first.data[0].attributes.name < second.data[0].attributes.name).toBe(true);
    expect((await list(999)).json).toMatchObject({
      data: [],
      meta: { pagination: { "current-page": 999, "total-count": first.meta.pagination["total-count"] } },
    });
  });
});
