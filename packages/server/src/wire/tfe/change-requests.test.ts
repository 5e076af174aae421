import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doBulkAction } from "../../features/change-requests/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { TfeFixture, type Answer } from "../../testing/tfe-fixture.ts";
import { startWebhookReceiver } from "../../testing/webhook-receiver.ts";

describe.each(databasesUnderTest())("change requests on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let now = Date.parse("2026-01-01T00:00:00Z");
  let made = 0;

  beforeAll(async () => {
    database = await kind.create({ migrated: false });
    const config = { "outbound-allow": ["127.0.0.1"] };
    server = await startTestServer(database, { now: () => now, config });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const words = { subject: "Pin the actions", message: "See **SEC-090**." };
  const bulk = (attributes: object, token?: string): Promise<Answer> =>
    tfe.api(
      "POST",
      `organizations/${tfe.organization}/explorer/bulk-actions`,
      {
        data: {
          type: "bulk_actions",
          attributes: { action_type: "change_requests", action_inputs: words, ...attributes },
        },
      },
      token === undefined ? {} : { token },
    );
  const aWorkspace = async (prefix = "w"): Promise<string> => (await tfe.createWorkspace(`${prefix}-${made++}`)).id;
  const requestsOf = (id: string, query = ""): Promise<any[]> =>
    tfe.must("GET", `workspaces/${id}/change-requests${query}`);

  async function aTeam(level: string | null, workspaceId: string): Promise<{ id: string; token: string }> {
    const { id } = await tfe.must("POST", `organizations/${tfe.organization}/teams`, {
      data: { type: "teams", attributes: { name: `team-${made++}` } },
    });
    if (level !== null) {
      await tfe.must("POST", "team-workspaces", {
        data: {
          type: "team-workspaces",
          attributes: { access: level },
          relationships: {
            team: { data: { type: "teams", id } },
            workspace: { data: { type: "workspaces", id: workspaceId } },
          },
        },
      });
    }
    return { id, token: (await tfe.must("POST", `teams/${id}/authentication-token`)).attributes.token };
  }

  it("are made in the workspaces that are named, a copy in each, and no more when the job runs again", async () => {
    const [one, two, other] = [await aWorkspace(), await aWorkspace(), await aWorkspace()];
    const asked = await bulk({ target_ids: [one, two, one] });
    expect(asked.status).toBe(201);
    expect(asked.json.data).toEqual({
      id: expect.stringMatching(/^eba-/),
      type: "explorer_bulk_actions",
      attributes: {
        organization_id: expect.stringMatching(/^org-/),
        action_type: "change_requests",
        action_inputs: words,
        created_by: { id: expect.any(String), type: "users" },
      },
    });
    await server.settle();
    await doBulkAction({ db: server.db, now: () => now, wakeJobs: () => {} }, asked.json.data.id);
    const [request, ...more] = await requestsOf(one);
    expect(more).toEqual([]);
    expect(request).toMatchObject({
      id: expect.stringMatching(/^wscr-/),
      type: "workspace-change-requests",
      attributes: { ...words, "archived-at": null, "archived-by": null, "created-at": "2026-01-01T00:00:00.000Z" },
      relationships: { workspace: { data: { id: one, type: "workspaces" } }, "archived-by-user": { data: null } },
    });
    expect(await requestsOf(two)).toHaveLength(1);
    expect(await requestsOf(other)).toEqual([]);
  });

  it("are made wherever a query finds a workspace, and go on where a job that died stopped", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push(await aWorkspace("dev"));
    const query = { type: "workspaces", filter: [{ workspace_name: { contains: ["dev-"] } }] };
    const { json } = await bulk({ query, action_type: "change_request" });
    const id = json.data.id as string;
    // The process dies when the first of them have theirs, before the job is done.
    const dying = (): never => {
      throw new Error("The process died.");
    };
    await expect(doBulkAction({ db: server.db, now: () => now, wakeJobs: dying }, id)).rejects.toThrow("died");
    const counts = async () => Promise.all(ids.map(async (one) => (await requestsOf(one)).length));
    expect(await counts()).toEqual([1, 1, 1]);
    await server.settle();
    expect(await counts()).toEqual([1, 1, 1]);
    const row = await server.db.selectFrom("bulk_actions").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    expect(row).toMatchObject({ made: 3, finished_at: now });
  });

  it.each<[string, object, string]>([
    ["without workspaces", {}, "bulk_action_targets"],
    ["for none", { target_ids: [] }, "bulk_action_targets"],
    ["for one there is not", { target_ids: ["ws-aaaaaaaaaaaaaaaa"] }, "bulk_action_targets"],
    ["for modules", { query: { type: "modules" } }, "bulk_action_targets"],
    [
      "by a field there is not",
      { query: { filter: [{ field: "x", operator: "is", value: ["1"] }] } },
      "explorer_field",
    ],
    ["of another type", { target_ids: ["ws-1"], action_type: "delete" }, "bulk_action_type"],
    [
      "without a subject",
      { target_ids: ["ws-1"], action_inputs: { subject: " ", message: "m" } },
      "change_request_subject",
    ],
    [
      "without a message",
      { target_ids: ["ws-1"], action_inputs: { subject: "s", message: "" } },
      "change_request_message",
    ],
  ])("are refused %s", async (_, attributes, code) => {
    const answer = await bulk(attributes);
    expect([answer.status, answer.json.errors[0].code]).toEqual([422, code]);
  });

  it("are archived once, and listed by whether they are", async () => {
    const id = await aWorkspace();
    await bulk({ target_ids: [id] });
    await server.settle();
    const [request] = await requestsOf(id);
    now += 60_000;
    const path = `change-requests/${request.id}/actions/archive`;
    const archived = await tfe.must("POST", path);
    expect(archived.attributes).toMatchObject({
      "archived-at": "2026-01-01T00:01:00.000Z",
      "archived-by": expect.any(String),
      "updated-at": "2026-01-01T00:01:00.000Z",
    });
    expect(archived.relationships["archived-by-user"].data.type).toBe("users");
    const again = await tfe.api("POST", path);
    expect([again.status, again.json.errors[0].code]).toEqual([400, "change_request_archived"]);
    for (const read of [path, `change-requests/${request.id}`]) expect(await tfe.must("GET", read)).toEqual(archived);
    expect(await requestsOf(id, "?archive=true")).toEqual([archived]);
    expect(await requestsOf(id, "?archive=false")).toEqual([]);
    expect((await tfe.api("GET", `workspaces/${id}/change-requests?archive=maybe`)).status).toBe(422);
  });

  it("are for whoever manages all workspaces, archived by writers and seen by readers of their own", async () => {
    const [id, other] = [await aWorkspace(), await aWorkspace()];
    await bulk({ target_ids: [id, other] });
    await server.settle();
    const [request] = await requestsOf(id);
    const archive = (token: string) =>
      tfe.api("POST", `change-requests/${request.id}/actions/archive`, undefined, { token });
    const read = (token: string) => tfe.api("GET", `change-requests/${request.id}`, undefined, { token });
    const [stranger, reader, writer, admin] = [
      await aTeam("write", other),
      await aTeam("read", id),
      await aTeam("write", id),
      await aTeam("admin", id),
    ];
    expect([(await read(stranger.token)).status, (await archive(stranger.token)).status]).toEqual([404, 404]);
    expect([(await read(reader.token)).status, (await archive(reader.token)).status]).toEqual([200, 403]);
    expect((await bulk({ target_ids: [id] }, admin.token)).status).toBe(403);
    expect((await archive(writer.token)).status).toBe(200);
  });

  it("are told, once each, to the teams that may read the workspace", async () => {
    const receiver = await startWebhookReceiver();
    const id = await aWorkspace();
    const [seeing, blind] = [await aTeam("read", id), await aTeam(null, id)];
    for (const [team, triggers] of [
      [seeing, ["change_request:created", "team:change_request"]],
      [blind, ["change_request:created"]],
    ] as const) {
      await tfe.must("POST", `teams/${team.id}/notification-configurations`, {
        data: {
          type: "notification-configurations",
          attributes: { name: "t", "destination-type": "generic", url: receiver.url, enabled: true, triggers },
        },
      });
    }
    const before = receiver.received.length;
    await bulk({ target_ids: [id] });
    await server.settle();
    const told = receiver.received.slice(before).map(({ json }) => json as unknown);
    await receiver.close();
    expect(told).toEqual([
      {
        payload_version: 1,
        notification_configuration_id: expect.stringMatching(/^nc-/),
        change_request_url: expect.stringContaining(id),
        change_request_subject: words.subject,
        change_request_message: words.message,
        change_request_created_at: expect.stringMatching(/Z$/),
        change_request_created_by: expect.any(String),
        workspace_id: id,
        workspace_name: expect.any(String),
        organization_name: tfe.organization,
      },
    ]);
  });
});
