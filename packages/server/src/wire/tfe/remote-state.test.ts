import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { aState, TfeFixture, type Answer } from "../../testing/tfe-fixture.ts";

const outputs = {
  open: { value: "a", type: "string" },
  hidden: { value: "swordfish", type: "string", sensitive: true },
};
const resource = (attributes: Record<string, unknown>) => ({
  module: "module.net",
  mode: "managed",
  type: "aws_vpc",
  name: "main",
  provider: 'provider["registry.terraform.io/hashicorp/aws"]',
  instances: [{ index_key: 0, attributes }],
});

describe.each(databasesUnderTest())("the state of other workspaces, and what it holds, on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let now = Date.parse("2026-01-01T00:00:00Z");
  let made = 0;
  /** Of a run of `reader`, which is at work. */
  let runToken = "";
  let reader = "";

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => now });
    tfe = new TfeFixture(server);
    reader = await create();
    await tfe.createRun(reader);
    runToken = (await tfe.mustClaim()).environment["INGOT_TOKEN"] ?? "";
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  async function create(attributes: Record<string, unknown> = {}, projectId?: string): Promise<string> {
    const relationships = projectId === undefined ? {} : { project: { data: { type: "projects", id: projectId } } };
    const { id } = await tfe.must("POST", `organizations/${tfe.organization}/workspaces`, {
      data: { type: "workspaces", attributes: { name: `shared-${made++}`, ...attributes }, relationships },
    });
    return id as string;
  }

  async function createProject(): Promise<string> {
    const body = { data: { type: "projects", attributes: { name: `project ${made++}` } } };
    return (await tfe.must("POST", `organizations/${tfe.organization}/projects`, body)).id as string;
  }

  async function withState(attributes: Record<string, unknown> = {}, projectId?: string): Promise<string> {
    const id = await create(attributes, projectId);
    await tfe.storeState(id, aState(1, { outputs }));
    return id;
  }

  const consumers = (id: string) => `workspaces/${id}/relationships/remote-state-consumers`;
  const stubs = (...ids: string[]) => ({ data: ids.map((id) => ({ type: "workspaces", id })) });
  const asRun = (path: string): Promise<Answer> => tfe.api("GET", path, undefined, { token: runToken });

  describe("a run", () => {
    it("reads the state of a workspace that names its workspace as consumer: by name, whole, and as outputs", async () => {
      const id = await withState();
      await tfe.must("POST", consumers(id), stubs(reader));
      const { name } = (await tfe.must("GET", `workspaces/${id}`)).attributes;
      const found = await asRun(`organizations/${tfe.organization}/workspaces/${name}`);
      expect([found.status, found.json?.data.id]).toEqual([200, id]);
      const state = await asRun(`workspaces/${id}/current-state-version`);
      expect(state.status).toBe(200);
      const download = await server.fetch(state.json.data.attributes["hosted-state-download-url"], {
        headers: { authorization: `Bearer ${runToken}` },
      });
      expect(JSON.parse(download.text)).toMatchObject({ serial: 1, outputs });
      const listed = await asRun(`workspaces/${id}/current-state-version-outputs`);
      expect(listed.json.data.map((output: any) => output.attributes.value)).toEqual([null, "a"]);
      expect((await asRun(`state-version-outputs/${listed.json.data[0].id}`)).json.data.attributes.value).toBe(
        "swordfish",
      );
    });

    it("reads the state of its own workspace", async () => {
      expect((await asRun(`workspaces/${reader}`)).status).toBe(200);
      expect((await asRun(`workspaces/${reader}/current-state-version-outputs`)).status).toBe(200);
    });

    it("finds a workspace that shares nothing with it missing, in whatever way it asks", async () => {
      const id = await withState();
      const { name } = (await tfe.must("GET", `workspaces/${id}`)).attributes;
      const version = await tfe.must("GET", `workspaces/${id}/current-state-version`);
      const [output] = await tfe.must("GET", `workspaces/${id}/current-state-version-outputs`);
      for (const path of [
        `organizations/${tfe.organization}/workspaces/${name}`,
        `workspaces/${id}`,
        `workspaces/${id}/current-state-version`,
        `workspaces/${id}/current-state-version-outputs`,
        `state-versions/${version.id}`,
        `state-versions/${version.id}/outputs`,
        `state-versions/${version.id}/download`,
        `state-version-outputs/${output.id}`,
      ]) {
        expect([path, (await asRun(path)).status]).toEqual([path, 404]);
      }
    });

    it("may not write, list or look at anything else of a workspace whose state it reads", async () => {
      const id = await withState({ "global-remote-state": true });
      expect((await asRun(`workspaces/${id}/current-state-version`)).status).toBe(200);
      for (const path of [`workspaces/${id}/vars`, `workspaces/${id}/resources`, `workspaces/${id}/runs`]) {
        expect([403, 404]).toContain((await asRun(path)).status);
      }
      const lock = await tfe.api("POST", `workspaces/${id}/actions/lock`, {}, { token: runToken });
      expect([403, 404]).toContain(lock.status);
    });

    it("reads what is shared with its project or with the whole organization, until it is not any more", async () => {
      const elsewhere = await createProject();
      const inProject = await withState({ "project-remote-state": true });
      const inOther = await withState({ "project-remote-state": true }, elsewhere);
      const global = await withState({ "global-remote-state": true }, elsewhere);
      const statusOf = async (id: string) => (await asRun(`workspaces/${id}/current-state-version`)).status;
      expect(await Promise.all([inProject, inOther, global].map(statusOf))).toEqual([200, 404, 200]);
      await tfe.must("PATCH", `workspaces/${global}`, {
        data: { type: "workspaces", attributes: { "global-remote-state": false } },
      });
      expect(await statusOf(global)).toBe(404);
    });
  });

  describe("the consumers of a state", () => {
    const ids = async (id: string) =>
      (await tfe.must("GET", consumers(id))).map((found: any) => found.id as string).sort();

    it("are added, removed and replaced", async () => {
      const [id, a, b] = [await create(), await create(), await create()];
      await tfe.must("POST", consumers(id), stubs(a, b, a));
      expect(await ids(id)).toEqual([a, b].sort());
      await tfe.must("DELETE", consumers(id), stubs(a));
      expect(await ids(id)).toEqual([b]);
      await tfe.must("PATCH", consumers(id), stubs(a));
      expect(await ids(id)).toEqual([a]);
    });

    it("are those of the project when the state is shared with it, whoever is named", async () => {
      const [project, elsewhere] = [await createProject(), await createProject()];
      const [id, near, far] = [await create({}, project), await create({}, project), await create({}, elsewhere)];
      await tfe.must("POST", consumers(id), stubs(near, far));
      await tfe.must("PATCH", `workspaces/${id}`, {
        data: { type: "workspaces", attributes: { "project-remote-state": true } },
      });
      expect(await ids(id)).toEqual([near]);
    });

    it("are neither the workspace itself, nor one that is not there, nor anybody when all are", async () => {
      const id = await create();
      expect((await tfe.api("POST", consumers(id), stubs(id))).json.errors[0].code).toBe("consumer_self");
      expect((await tfe.api("POST", consumers(id), stubs("ws-aaaaaaaaaaaaaaaa"))).status).toBe(404);
      const global = await create({ "global-remote-state": true });
      expect((await tfe.api("POST", consumers(global), stubs(id))).json.errors[0].code).toBe("remote_state_global");
    });
  });

  describe("an older state", () => {
    it("becomes current again under the lock, as a new version with the next serial", async () => {
      const id = await create();
      const [first] = await tfe.storeState(id, aState(1, { outputs }));
      await tfe.storeState(id, aState(5));
      const rollBack = () =>
        tfe.api("PATCH", `workspaces/${id}/state-versions`, {
          data: {
            type: "state-versions",
            relationships: { "rollback-state-version": { data: { type: "state-versions", id: first.id } } },
          },
        });
      expect((await rollBack()).json.errors[0].code).toBe("workspace_not_locked");
      await tfe.must("POST", `workspaces/${id}/actions/lock`, {});
      const rolled = await rollBack();
      expect(rolled.json.data).toMatchObject({ attributes: { serial: 6, status: "finalized" } });
      expect(rolled.json.data.id).not.toBe(first.id);
      const { attributes } = await tfe.must("GET", `workspaces/${id}/current-state-version`);
      const bytes = await server.fetch(attributes["hosted-state-download-url"], { headers: server.admin });
      expect(JSON.parse(bytes.text)).toMatchObject({ serial: 6, outputs });
      expect((await tfe.must("GET", `workspaces/${id}`)).attributes.locked).toBe(true);
    });
  });

  describe("the resources of a workspace", () => {
    it("are read out of its state, and know which state changed them", async () => {
      const id = await create();
      const [first] = await tfe.storeState(id, aState(1, { resources: [resource({ cidr: "10.0.0.0/16" })] }));
      await server.settle();
      const [found] = await tfe.must("GET", `workspaces/${id}/resources`);
      expect(found.attributes).toMatchObject({
        address: "net.aws_vpc.main[0]",
        module: "net",
        provider: "hashicorp/aws",
        "name-index": "0",
        "modified-by-state-version-id": first.id,
      });
      await tfe.storeState(id, aState(2, { resources: [resource({ cidr: "10.0.0.0/16" })] }));
      await server.settle();
      expect((await tfe.must("GET", `workspaces/${id}/resources`))[0]).toEqual(found);
      const [third] = await tfe.storeState(id, aState(3, { resources: [resource({ cidr: "10.1.0.0/16" })] }));
      await server.settle();
      const [changed] = await tfe.must("GET", `workspaces/${id}/resources`);
      expect(changed.id).toBe(found.id);
      expect(changed.attributes["modified-by-state-version-id"]).toBe(third.id);
      await tfe.storeState(id, aState(4));
      await server.settle();
      expect(await tfe.must("GET", `workspaces/${id}/resources`)).toEqual([]);
    });
  });

  describe("automatic destruction", () => {
    const dayMs = 86_400_000;
    const aResource = { resources: [resource({})] };

    async function due(attributes: Record<string, unknown>): Promise<string> {
      const id = await create(attributes);
      await tfe.upload(id);
      await tfe.storeState(id, aState(1, aResource));
      return id;
    }
    const destroyAt = async (id: string) => (await tfe.must("GET", `workspaces/${id}`)).attributes["auto-destroy-at"];
    const runsOf = async (id: string): Promise<any[]> => tfe.must("GET", `workspaces/${id}/runs`);

    it("begins one destroy run when the time has come, which nobody has to confirm, and clears the time", async () => {
      const id = await due({ "auto-destroy-at": new Date(now + dayMs).toISOString() });
      await server.settle();
      expect(await runsOf(id)).toEqual([]);
      now += dayMs;
      await server.settle();
      await server.settle();
      const runs = await runsOf(id);
      expect(runs.map((run) => [run.attributes["is-destroy"], run.attributes["auto-apply"]])).toEqual([[true, true]]);
      expect(await destroyAt(id)).toBeNull();
    });

    it("is put off by every change of the state, and over when nothing is left", async () => {
      const id = await due({ "auto-destroy-activity-duration": "2d", "inherits-project-auto-destroy": false });
      expect(await destroyAt(id)).toBe(new Date(now + 2 * dayMs).toISOString());
      now += dayMs;
      await tfe.storeState(id, aState(2, { resources: [resource({ changed: true })] }));
      expect(await destroyAt(id)).toBe(new Date(now + 2 * dayMs).toISOString());
      await tfe.storeState(id, aState(3));
      expect(await destroyAt(id)).toBeNull();
    });

    it("follows the project's duration for workspaces that inherit it", async () => {
      const project = await tfe.must("POST", `organizations/${tfe.organization}/projects`, {
        data: { type: "projects", attributes: { name: "short lived", "auto-destroy-activity-duration": "36h" } },
      });
      const id = await create({}, project.id);
      expect((await tfe.must("GET", `workspaces/${id}`)).attributes["auto-destroy-activity-duration"]).toBe("36h");
      await tfe.storeState(id, aState(1, aResource));
      expect(await destroyAt(id)).toBe(new Date(now + 1.5 * dayMs).toISOString());
    });

    it("leaves a workspace alone that does not allow destroy plans, and does not ask again", async () => {
      const id = await due({
        "auto-destroy-at": new Date(now + dayMs).toISOString(),
        "allow-destroy-plan": false,
      });
      now += 2 * dayMs;
      await server.settle();
      expect(await runsOf(id)).toEqual([]);
      expect(await destroyAt(id)).toBeNull();
    });
  });

  it("a locked workspace is deleted by whoever does not ask for the safe way", async () => {
    const id = await create();
    await tfe.must("POST", `workspaces/${id}/actions/lock`, {});
    expect((await tfe.api("DELETE", `workspaces/${id}`)).status).toBe(204);
    expect((await tfe.api("GET", `workspaces/${id}`)).status).toBe(404);
  });
});
