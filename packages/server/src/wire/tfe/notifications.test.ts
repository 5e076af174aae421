import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { insertTeam } from "../../features/teams/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { TfeFixture } from "../../testing/tfe-fixture.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../../testing/webhook-receiver.ts";

describe.each(databasesUnderTest())("notification configurations of the Terraform plane on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let receiver: WebhookReceiver;
  let workspace: any;

  beforeEach(async () => {
    database = await kind.create();
    server = await startTestServer(database, { config: { "outbound-allow": ["127.0.0.1"] } });
    tfe = new TfeFixture(server);
    receiver = await startWebhookReceiver();
    workspace = await tfe.createWorkspace("web");
  });
  afterEach(async () => {
    await receiver.close();
    await server.close();
    await database.close();
  });

  const body = (attributes: Record<string, unknown>, users?: string[]) => ({
    data: {
      type: "notification-configurations",
      attributes,
      ...(users === undefined
        ? {}
        : { relationships: { users: { data: users.map((id) => ({ id, type: "users" })) } } }),
    },
  });
  const create = (attributes: Record<string, unknown> = {}, users?: string[]) =>
    tfe.api(
      "POST",
      `workspaces/${workspace.id}/notification-configurations`,
      body({ name: "hook", "destination-type": "generic", enabled: false, url: receiver.url, ...attributes }, users),
    );

  it("a generic one that is enabled is verified with the published document, signed with its token", async () => {
    const made = await create({ enabled: true, token: "s3cret", triggers: ["run:created"] });
    expect(made.status).toBe(201);
    expect(made.json.data).toMatchObject({
      type: "notification-configurations",
      attributes: {
        name: "hook",
        "destination-type": "generic",
        enabled: true,
        token: null,
        triggers: ["run:created"],
        url: receiver.url,
        "email-addresses": null,
        "delivery-responses": [{ url: receiver.url, body: "thanks", code: "200", successful: "true" }],
      },
      relationships: { subscribable: { data: { id: workspace.id, type: "workspaces" } } },
    });
    const response = made.json.data.attributes["delivery-responses"][0];
    expect(response["sent-at"]).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(response.headers["content-type"]).toEqual(["text/plain"]);
    expect(receiver.received).toHaveLength(1);
    const { headers, text, json } = receiver.received[0]!;
    expect(json).toEqual({
      payload_version: 1,
      notification_configuration_id: made.json.data.id,
      run_url: null,
      run_id: null,
      run_message: null,
      run_created_at: null,
      run_created_by: null,
      workspace_id: null,
      workspace_name: null,
      organization_name: null,
      notifications: [
        {
          message: "Verification of hook",
          trigger: "verification",
          run_status: null,
          run_updated_at: null,
          run_updated_by: null,
        },
      ],
    });
    expect(headers["x-tfe-notification-signature"]).toBe(createHmac("sha512", "s3cret").update(text).digest("hex"));
  });

  it("one that cannot be verified is not made, not enabled, and answers 400", async () => {
    receiver.answer = { status: 503, body: "not now" };
    const refused = await create({ enabled: true });
    expect(refused.status).toBe(400);
    expect(refused.json.errors[0]).toMatchObject({ status: "400", title: "bad request" });
    expect((await tfe.must("GET", `workspaces/${workspace.id}/notification-configurations`)) as unknown[]).toEqual([]);

    const { id } = (await create()).json.data;
    const patch = await tfe.api("PATCH", `notification-configurations/${id}`, body({ enabled: true }));
    expect(patch.status).toBe(400);
    expect((await tfe.must("GET", `notification-configurations/${id}`)).attributes.enabled).toBe(false);
    const verify = await tfe.api("POST", `notification-configurations/${id}/actions/verify`);
    expect(verify.status).toBe(400);
    const kept = await tfe.must("GET", `notification-configurations/${id}`);
    expect(kept.attributes["delivery-responses"]).toMatchObject([
      { body: "not now", code: "503", successful: "false" },
    ]);

    receiver.answer = { status: 204 };
    const verified = await tfe.must("POST", `notification-configurations/${id}/actions/verify`);
    expect(verified.attributes["delivery-responses"]).toMatchObject([{ code: "204", successful: "true" }]);
    const enabled = await tfe.must("POST", `notification-configurations/${id}/actions/enable`);
    expect(enabled.attributes.enabled).toBe(true);
  });

  it.each([
    ["an unknown trigger", { triggers: ["run:finished"] }, "run:finished"],
    ["no url", { url: null }, "Url can't be blank"],
    ["no name", { name: "" }, "Name can't be blank"],
    ["an unknown destination", { "destination-type": "pager" }, "Destination type is not included in the list"],
    ["a url of the server's own network", { url: "http://169.254.169.254/latest/" }, "outbound-allow"],
    ["a url that is none", { url: "hooks.example.com" }, "http"],
    ["a token for a chat", { "destination-type": "slack", token: "t" }, "Token"],
    ["mail without a mail server", { "destination-type": "email", url: null, enabled: true }, "smtp-url"],
  ])("is refused with 422 for %s", async (_name, attributes, words) => {
    const answer = await create(attributes);
    expect(answer.status).toBe(422);
    expect(answer.json.errors[0].detail).toContain(words);
  });

  it("keeps its destination type for ever", async () => {
    const { id } = (await create()).json.data;
    const change = (type: string) =>
      tfe.api("PATCH", `notification-configurations/${id}`, body({ "destination-type": type, name: "other" }));
    expect((await change("slack")).json.errors[0].detail).toBe("Destination type cannot be changed");
    expect((await change("generic")).json.data.attributes.name).toBe("other");
  });

  it("loses its people when an update does not name them", async () => {
    const person = await tfe.must("GET", "account/details");
    const email = { "destination-type": "email", url: null };
    const made = await create(email, [person.id]);
    expect(made.json.data.relationships.users.data).toEqual([{ id: person.id, type: "users" }]);
    const { id } = made.json.data;
    const kept = await tfe.must("PATCH", `notification-configurations/${id}`, body({ name: "n" }, [person.id]));
    expect(kept.relationships.users.data).toHaveLength(1);
    const emptied = await tfe.must("PATCH", `notification-configurations/${id}`, body({ name: "n" }));
    expect(emptied.relationships.users.data).toEqual([]);
    expect((await create(email, ["user-aaaaaaaaaaaaaaaa"])).status).toBe(422);
  });

  it("is listed without pages unless pages are asked for", async () => {
    for (const name of ["a", "b", "c"]) await create({ name });
    const path = `workspaces/${workspace.id}/notification-configurations`;
    const all = await tfe.api("GET", path);
    expect(all.json.data).toHaveLength(3);
    expect(all.json.meta).toBeUndefined();
    const page = await tfe.api("GET", `${path}?page%5Bnumber%5D=2&page%5Bsize%5D=2`);
    expect(page.json.data).toHaveLength(1);
    expect(page.json.meta.pagination).toMatchObject({ "current-page": 2, "total-count": 3, "total-pages": 2 });
  });

  it("there are at most 20 of in a workspace", async () => {
    for (let i = 0; i < 20; i++) expect((await create({ name: `n${i}` })).status).toBe(201);
    expect((await create({ name: "n20" })).status).toBe(422);
  });

  it("shows its address to those who may change it, and no secret to anybody nor to the database", async () => {
    const url = `${receiver.url}?key=hidden-in-url`;
    const { id } = (await create({ token: "hidden-token", url, enabled: true })).json.data;
    const viewer = await tfe.tokenOf("viewer");
    const seen = await tfe.api("GET", `notification-configurations/${id}`, undefined, { token: viewer });
    expect(seen.json.data.attributes.url).toBeNull();
    expect(seen.text).not.toContain("hidden");
    const own = await tfe.api("GET", `notification-configurations/${id}`);
    expect(own.json.data.attributes.url).toBe(url);
    expect(own.text).not.toContain("hidden-token");
    const rows = [
      await database.db.selectFrom("notification_configurations").selectAll().execute(),
      await database.db.selectFrom("deliveries").selectAll().execute(),
      await database.db.selectFrom("jobs").selectAll().execute(),
      await database.db.selectFrom("events").selectAll().execute(),
    ];
    expect(rows[0]).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain("hidden");
  });

  it("tells of a run from its creation to its end, in the published document, and of no speculative one", async () => {
    const triggers = [
      "run:created",
      "run:planning",
      "run:needs_attention",
      "run:applying",
      "run:completed",
      "run:errored",
    ];
    const { id } = (await create({ enabled: true, triggers })).json.data;
    receiver.received.length = 0;
    const run = await tfe.plannedRun(workspace.id, { message: "why not" });
    await tfe.must("POST", `runs/${run.id}/actions/apply`, {});
    await tfe.complete(await tfe.mustClaim());
    await server.settle();
    const told = receiver.received.map(({ json }) => json);
    expect(told.map((one) => one.notifications[0]).map((n) => [n.trigger, n.message, n.run_status])).toEqual(
      expect.arrayContaining([
        ["run:created", "Run Created", "pending"],
        ["run:planning", "Run Planning", "planning"],
        ["run:needs_attention", "Run Needs Attention", "planned"],
        ["run:applying", "Run Applying", "applying"],
        ["run:completed", "Run Applied", "applied"],
      ]),
    );
    expect(told).toHaveLength(5);
    expect(told[0]).toMatchObject({
      payload_version: 1,
      notification_configuration_id: id,
      run_url: `${server.url}/app/${tfe.organization}/workspaces/web/runs/${run.id}`,
      run_id: run.id,
      run_message: "why not",
      run_created_by: "admin",
      workspace_id: workspace.id,
      workspace_name: "web",
      organization_name: tfe.organization,
    });

    receiver.received.length = 0;
    await tfe.createRun(workspace.id, { "plan-only": true });
    await tfe.finishPlan(await tfe.mustClaim());
    await server.settle();
    expect(receiver.received).toEqual([]);

    const canceled = await tfe.plannedRun(workspace.id);
    await tfe.must("POST", `runs/${canceled.id}/actions/discard`, {});
    const queued = await tfe.createRun(workspace.id);
    await tfe.must("POST", `runs/${queued.id}/actions/cancel`, {});
    await server.settle();
    const last = receiver.received
      .map(({ json }) => json)
      .filter((one) => one.run_id === queued.id)
      .at(-1);
    expect(last.notifications[0]).toMatchObject({ message: "Run Canceled", trigger: "run:errored" });
    expect(
      receiver.received.some(
        ({ json }) => json.run_id === canceled.id && json.notifications[0].trigger === "run:errored",
      ),
    ).toBe(false);
  });

  it("of a project are told of all its workspaces, and of no other", async () => {
    const project = await tfe.must("POST", `organizations/${tfe.organization}/projects`, {
      data: { type: "projects", attributes: { name: "shop floor" } },
    });
    const inside = await tfe.must("POST", `organizations/${tfe.organization}/workspaces`, {
      data: {
        type: "workspaces",
        attributes: { name: "inside" },
        relationships: { project: { data: { id: project.id, type: "projects" } } },
      },
    });
    const path = `projects/${project.id}/notification-configurations`;
    const attributes = { name: "shop", "destination-type": "generic", url: receiver.url, enabled: true };
    const made = await tfe.must("POST", path, body({ ...attributes, triggers: ["run:created"] }));
    expect(made.relationships.subscribable.data).toEqual({ id: project.id, type: "projects" });
    expect(((await tfe.must("GET", path)) as any[]).map((one) => one.id)).toEqual([made.id]);
    const ofWorkspace = await tfe.must("GET", `workspaces/${inside.id}/notification-configurations`);
    expect(ofWorkspace).toEqual([]);
    receiver.received.splice(0);
    await tfe.createRun(workspace.id);
    const run = await tfe.createRun(inside.id);
    await server.settle();
    await server.settle();
    expect(receiver.received.map(({ json }) => json.run_id)).toEqual([run.id]);
    expect(receiver.received[0]!.json.notification_configuration_id).toBe(made.id);
    expect((await tfe.api("GET", path, undefined, { token: await tfe.strangerToken() })).status).toBe(404);
  });

  it("of a team are about what teams are told, and for those who may see the organization", async () => {
    const team = await insertTeam(
      server.db,
      { organizationId: server.organizationId, name: "ops", visibility: "organization" },
      0,
    );
    const path = `teams/${team.id}/notification-configurations`;
    const attributes = { name: "ops", "destination-type": "generic", url: receiver.url, enabled: false };
    const refused = await tfe.api("POST", path, body({ ...attributes, triggers: ["run:created"] }));
    expect([refused.status, refused.json.errors[0].code]).toEqual([422, "notification_triggers"]);
    const made = await tfe.must("POST", path, body({ ...attributes, triggers: ["change_request:created"] }));
    expect(made.relationships.subscribable.data).toEqual({ id: team.id, type: "teams" });
    const one = `notification-configurations/${made.id}`;
    expect((await tfe.must("GET", one)).id).toBe(made.id);
    expect((await tfe.api("PATCH", one, body({ name: "x" }), { token: await tfe.tokenOf("viewer") })).status).toBe(403);
    expect((await tfe.api("GET", one, undefined, { token: await tfe.strangerToken() })).status).toBe(404);
    await tfe.must("DELETE", one);
    expect((await tfe.must("GET", path)) as unknown[]).toEqual([]);
  });

  it("belong to the organization of their workspace, whichever the caller calls home", async () => {
    const other = await tfe.must("POST", "organizations", {
      data: { type: "organizations", attributes: { name: "second-home", email: "a@example.com" } },
    });
    const elsewhere = await tfe.must("POST", `organizations/${other.attributes.name}/workspaces`, {
      data: { type: "workspaces", attributes: { name: "elsewhere" } },
    });
    const path = `workspaces/${elsewhere.id}/notification-configurations`;
    const attributes = { name: "there", "destination-type": "generic", url: receiver.url, enabled: true };
    const made = await tfe.must("POST", path, body({ ...attributes, triggers: ["run:created"] }));
    expect(((await tfe.must("GET", path)) as any[]).map((one) => one.id)).toEqual([made.id]);
    await tfe.must("PATCH", `notification-configurations/${made.id}`, body({ name: "still there" }));
    receiver.received.splice(0);
    await tfe.createRun(elsewhere.id);
    await server.settle();
    await server.settle();
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]!.json.organization_name).toBe(other.attributes.name);
  });
});
