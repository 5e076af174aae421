import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { aState, TfeFixture } from "../../testing/tfe-fixture.ts";

const dayMs = 86_400_000;

describe.each(databasesUnderTest())("how long data is kept on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let now = Date.parse("2026-01-01T00:00:00Z");
  let made = 0;

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => now });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  /** With two states and two configurations, of which the second ones are current. */
  async function aWorkspace() {
    const { id } = await tfe.createWorkspace(`kept-${made++}`);
    const configuration = (await tfe.upload(id)).id as string;
    now += 1000;
    await tfe.upload(id);
    const [state] = await tfe.storeState(id, aState(1));
    const [current] = await tfe.storeState(id, aState(2));
    return { id: id as string, configuration, state: state.id as string, current: current.id as string };
  }
  const statusOf = async (path: string) => (await tfe.must("GET", path)).attributes.status as string;
  const act = (path: string, action: string) => tfe.api("POST", `${path}/actions/${action}_backing_data`);
  const setPolicy = (owner: string, days: number | null) =>
    tfe.must("POST", `${owner}/relationships/data-retention-policy`, {
      data:
        days === null
          ? { type: "data-retention-policy-dont-deletes" }
          : { type: "data-retention-policy-delete-olders", attributes: { "delete-older-than-n-days": days } },
    });

  it.each(["state-versions", "configuration-versions"] as const)(
    "the bytes of one of the %s are given up, taken back and removed for good, but not of the current one",
    async (kindOf) => {
      const made = await aWorkspace();
      const id = kindOf === "state-versions" ? made.state : made.configuration;
      const path = `${kindOf}/${id}`;
      const download = async () =>
        (await server.fetch(`/api/v2/${path}/download`, { headers: server.admin, redirect: "follow" })).status;
      expect(await download()).toBe(200);
      expect((await act(path, "soft_delete")).status).toBe(200);
      expect([await statusOf(path), await download()]).toEqual(["backing_data_soft_deleted", 404]);
      expect((await act(path, "restore")).status).toBe(200);
      expect(await download()).toBe(200);
      const early = await act(path, "permanently_delete");
      expect([early.status, early.json.errors[0].title]).toEqual([409, "transition not allowed"]);
      await act(path, "soft_delete");
      expect((await act(path, "permanently_delete")).status).toBe(200);
      expect((await act(path, "restore")).json.errors[0].title).toBe("transition not allowed");
      expect([await statusOf(path), await download()]).toEqual(["backing_data_permanently_deleted", 404]);
      expect((await act(`state-versions/${made.current}`, "soft_delete")).status).toBe(409);
    },
  );

  it("a policy of the workspace is set, changed, replaced by one of another kind, and removed", async () => {
    const { id } = await aWorkspace();
    const path = `workspaces/${id}/relationships/data-retention-policy`;
    const related = async () =>
      (await tfe.must("GET", `workspaces/${id}`)).relationships["data-retention-policy"]?.data;
    expect(await related()).toBeUndefined();
    expect((await tfe.api("GET", path)).status).toBe(404);
    const first = await setPolicy(`workspaces/${id}`, 33);
    expect(await related()).toEqual({ type: "data-retention-policy-delete-olders", id: first.id });
    const changed = await setPolicy(`workspaces/${id}`, 1);
    expect([changed.id, changed.attributes]).toEqual([first.id, { "delete-older-than-n-days": 1 }]);
    const kept = await setPolicy(`workspaces/${id}`, null);
    expect(await related()).toEqual({ type: "data-retention-policy-dont-deletes", id: kept.id });
    const wrong = await tfe.api("POST", path, {
      data: { type: "data-retention-policy-delete-olders", attributes: {} },
    });
    expect(wrong.status).toBe(422);
    expect((await tfe.api("DELETE", path)).status).toBe(204);
    expect(await related()).toBeUndefined();
  });

  it("old data goes in two steps, the current state and configuration never, and a workspace may decide otherwise", async () => {
    const [governed, spared] = [await aWorkspace(), await aWorkspace()];
    const statuses = async ({ state, configuration, current }: typeof governed) => [
      await statusOf(`state-versions/${state}`),
      await statusOf(`configuration-versions/${configuration}`),
      await statusOf(`state-versions/${current}`),
    ];
    const policy = await setPolicy(`organizations/${tfe.organization}`, 30);
    const organization = await tfe.must("GET", `organizations/${tfe.organization}`);
    expect(organization.relationships["data-retention-policy"].data.id).toBe(policy.id);
    await setPolicy(`workspaces/${spared.id}`, null);
    now += 29 * dayMs;
    await server.settle();
    expect(await statuses(governed)).toEqual(["finalized", "uploaded", "finalized"]);
    now += 2 * dayMs;
    await server.settle();
    expect(await statuses(governed)).toEqual(["backing_data_soft_deleted", "backing_data_soft_deleted", "finalized"]);
    now += 8 * dayMs;
    await server.settle();
    const gone = "backing_data_permanently_deleted";
    expect(await statuses(governed)).toEqual([gone, gone, "finalized"]);
    expect(await statuses(spared)).toEqual(["finalized", "uploaded", "finalized"]);
    await tfe.api("DELETE", `organizations/${tfe.organization}/relationships/data-retention-policy`);
  });
});
