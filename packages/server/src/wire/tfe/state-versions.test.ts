import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { aState, md5, stateBody, TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("states of the Terraform plane on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let now = Date.parse("2026-01-01T00:00:00Z");
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => now });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  let counter = 0;
  /** A workspace that the administrator has locked. */
  async function locked(): Promise<string> {
    const { id } = await tfe.createWorkspace(`s${++counter}`);
    await tfe.must("POST", `workspaces/${id}/actions/lock`, {});
    return id;
  }
  const announce = (id: string, state: Buffer, more = {}, token?: string) =>
    tfe.api("POST", `workspaces/${id}/state-versions`, stateBody(state, more), token === undefined ? {} : { token });
  /** Announces and uploads; the state is current afterwards. */
  async function store(id: string, state: Buffer, more = {}): Promise<any> {
    const answer = await announce(id, state, more);
    expect(answer.status).toBe(201);
    const put = await tfe.put(answer.json.data.attributes["hosted-state-upload-url"], state);
    expect(put.status).toBe(200);
    return tfe.must("GET", `state-versions/${answer.json.data.id}`);
  }
  const current = (id: string) => tfe.api("GET", `workspaces/${id}/current-state-version`);
  const download = async (version: any) =>
    server.fetch(version.attributes["hosted-state-download-url"], { headers: server.admin });

  it("a workspace has none at first, and its outputs are an empty list", async () => {
    const id = await locked();
    expect((await current(id)).status).toBe(404);
    const outputs = await tfe.api("GET", `workspaces/${id}/current-state-version-outputs`);
    expect(outputs.status).toBe(200);
    expect(outputs.json.data).toEqual([]);
  });

  it("a state is current once its bytes are in, and comes back byte for byte", async () => {
    const id = await locked();
    const state = Buffer.concat([aState(3), Buffer.from("\n\n")]);
    const announced = await announce(id, state, { serial: 3, lineage: "lineage-1" });
    expect(announced.json.data.attributes).toMatchObject({ status: "pending", serial: 3 });
    expect((await current(id)).status).toBe(404);
    const { "hosted-state-upload-url": raw, "hosted-json-state-upload-url": json } = announced.json.data.attributes;
    // The two uploads come in any order, at the same time.
    const answers = await Promise.all([tfe.put(json, '{"format_version":"1.0"}'), tfe.put(raw, state)]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
    const version = (await current(id)).json.data;
    expect(version.attributes).toMatchObject({ status: "finalized", intermediate: false, md5: md5(state) });
    expect(version.attributes).not.toHaveProperty("hosted-state-upload-url");
    expect((await download(version)).text).toBe(state.toString());
    const asJson = await server.fetch(version.attributes["hosted-json-state-download-url"], { headers: server.admin });
    expect(asJson.text).toBe('{"format_version":"1.0"}');
    expect((await tfe.must("GET", `workspaces/${id}`)).relationships["current-state-version"].data.id).toBe(version.id);
  });

  it("bytes other than those announced are refused, and the right ones are accepted after", async () => {
    const id = await locked();
    const state = aState(1);
    const url = (await announce(id, state)).json.data.attributes["hosted-state-upload-url"];
    expect((await tfe.put(url, aState(2))).status).toBe(422);
    expect((await current(id)).status).toBe(404);
    expect((await tfe.put(url, state)).status).toBe(200);
    // A client that saw no answer sends them again.
    expect((await tfe.put(url, state)).status).toBe(200);
  });

  it("inline bytes are current at once", async () => {
    const id = await locked();
    const state = aState(1, { outputs: { o: { value: "x", type: "string" } } });
    const answer = await announce(id, state, { state: state.toString("base64") });
    expect(answer.status).toBe(201);
    expect(answer.json.data.attributes.status).toBe("finalized");
    expect((await current(id)).json.data.id).toBe(answer.json.data.id);
    const wrong = await announce(id, aState(2), { state: aState(3).toString("base64") });
    expect(wrong.status).toBe(422);
    expect((await current(id)).json.data.attributes.serial).toBe(1);
  });

  it("a repeated announcement is the same version, whether or not the bytes came between", async () => {
    const id = await locked();
    const state = aState(1);
    const first = (await announce(id, state)).json.data;
    const again = (await announce(id, state)).json.data;
    expect(again.id).toBe(first.id);
    expect((await tfe.put(again.attributes["hosted-state-upload-url"], state)).status).toBe(200);
    const third = await announce(id, state);
    expect(third.status).toBe(201);
    expect(third.json.data.id).toBe(first.id);
    // A client that announces a state uploads it, whatever the answer says.
    const links = third.json.data.attributes;
    expect((await tfe.put(links["hosted-state-upload-url"], state)).status).toBe(200);
    expect((await tfe.put(links["hosted-json-state-upload-url"], "{}")).status).toBe(200);
    expect((await tfe.must("GET", `state-versions/${first.id}`)).attributes).not.toHaveProperty(
      "hosted-state-upload-url",
    );
    const list = await tfe.must(
      "GET",
      `state-versions?filter[workspace][name]=s${counter}&filter[organization][name]=${tfe.organization}`,
    );
    expect(list.map((version: any) => version.id)).toEqual([first.id]);
  });

  it("the same state under another lock is another version", async () => {
    const id = await locked();
    const first = (await announce(id, aState(1), { state: aState(1).toString("base64") })).json.data;
    await tfe.must("POST", `workspaces/${id}/actions/unlock`, {});
    now += 1;
    await tfe.must("POST", `workspaces/${id}/actions/lock`, {});
    const second = (await announce(id, aState(1), { state: aState(1).toString("base64") })).json.data;
    expect(second.id).not.toBe(first.id);
    expect((await current(id)).json.data.id).toBe(second.id);
  });

  it.each([
    ["an older serial", 4, "lineage-1", "x"],
    ["the same serial with other bytes", 5, "lineage-1", "x"],
    ["another lineage", 6, "lineage-2", "x"],
  ])("%s is refused, and accepted with force", async (_name, serial, lineage, mark) => {
    const id = await locked();
    await store(id, aState(5));
    const next = aState(serial, { lineage, mark });
    const refused = await announce(id, next);
    expect(refused.status).toBe(409);
    expect(refused.json.errors[0].status).toBe("409");
    expect((await current(id)).json.data.attributes.serial).toBe(5);
    await store(id, next, { force: true });
    expect((await current(id)).json.data.attributes).toMatchObject({ serial, lineage });
  });

  it("what a command line pushes under its lock is current, whatever it says about force", async () => {
    const id = await locked();
    await store(id, aState(5));
    const next = aState(2, { lineage: "lineage-2" });
    const path = `workspaces/${id}/state-versions`;
    const headers = { "x-terraform-integration": "cloud" };
    const announced = await tfe.api("POST", path, stateBody(next, { force: false }), { headers });
    expect(announced.status).toBe(201);
    expect((await tfe.put(announced.json.data.attributes["hosted-state-upload-url"], next)).status).toBe(200);
    expect((await current(id)).json.data.attributes).toMatchObject({ serial: 2, lineage: "lineage-2" });
    await tfe.must("POST", `workspaces/${id}/actions/unlock`, {});
    expect((await tfe.api("POST", path, stateBody(aState(1), {}), { headers })).status).toBe(409);
  });

  it("an old state that is pushed back by force is current again", async () => {
    const id = await locked();
    const old = aState(1);
    await store(id, old);
    await store(id, aState(2));
    await store(id, old, { force: true });
    expect((await current(id)).json.data.attributes.serial).toBe(1);
  });

  it("only the holder of the lock may announce one", async () => {
    const id = await locked();
    const other = await tfe.tokenOf("contributor");
    expect((await announce(id, aState(1), {}, other)).status).toBe(409);
    await tfe.must("POST", `workspaces/${id}/actions/unlock`);
    const refused = await announce(id, aState(1));
    expect(refused.status).toBe(409);
    expect(refused.json.errors[0].detail).toContain("will only accept state uploads when locked");
  });

  it.each([
    { serial: -1 },
    { serial: "1" },
    { serial: 1.5 },
    { md5: "short" },
    { state: "not base64!" },
    { lineage: 5 },
  ])("an announcement with %j is refused", async (more) => {
    const id = await locked();
    expect((await announce(id, aState(1), more)).status).toBe(422);
    expect((await current(id)).status).toBe(404);
  });

  it("unlocking waits for an announced upload, but not for ever", async () => {
    const id = await locked();
    await announce(id, aState(1));
    const refused = await tfe.api("POST", `workspaces/${id}/actions/unlock`);
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].title).toBe("latest state version is still pending");
    now += 61_000;
    expect((await tfe.api("POST", `workspaces/${id}/actions/unlock`)).status).toBe(200);
  });

  it("an upload that comes after it was given up changes nothing", async () => {
    const id = await locked();
    const state = aState(1);
    const url = (await announce(id, state)).json.data.attributes["hosted-state-upload-url"];
    await tfe.must("POST", `workspaces/${id}/actions/force-unlock`);
    expect((await tfe.put(url, state)).status).toBe(409);
    expect((await current(id)).status).toBe(404);
  });

  it("two uploads of one version at once make it current once", async () => {
    const id = await locked();
    const state = aState(1);
    const url = (await announce(id, state)).json.data.attributes["hosted-state-upload-url"];
    const answers = await Promise.all([tfe.put(url, state), tfe.put(url, state), tfe.put(url, state)]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect((await download((await current(id)).json.data)).text).toBe(state.toString());
  });

  it("a new state ends the saved plans that were made from the old one", async () => {
    const { id } = await tfe.createWorkspace(`s${++counter}`);
    const version = await tfe.upload(id, { provisional: true });
    const run = await tfe.createRun(id, { "save-plan": true }, version.id);
    await tfe.finishPlan(await tfe.mustClaim());
    expect(await tfe.status(run.id)).toBe("planned_and_saved");
    await tfe.storeState(id, aState(1));
    expect(await tfe.status(run.id)).toBe("discarded");
  });

  describe("outputs", () => {
    const outputs = {
      ip: { value: "10.0.0.1", type: "string" },
      key: { value: "hunter2-hunter2", type: "string", sensitive: true },
      zones: { value: ["a", "b"], type: ["list", "string"] },
      nothing: { value: null },
    };

    it("have the engine's own types, and a sensitive value only in the single read", async () => {
      const id = await locked();
      await store(id, aState(1, { outputs }));
      const listed = await tfe.must("GET", `workspaces/${id}/current-state-version-outputs`);
      const byName = Object.fromEntries(listed.map((output: any) => [output.attributes.name, output]));
      expect(byName.ip.attributes).toMatchObject({ value: "10.0.0.1", type: "string", "detailed-type": "string" });
      expect(byName.zones.attributes).toMatchObject({ type: "list", "detailed-type": ["list", "string"] });
      expect(byName.nothing.attributes).toMatchObject({ value: null, "detailed-type": "dynamic" });
      expect(byName.key.attributes).toMatchObject({ value: null, sensitive: true });
      const single = await tfe.must("GET", `state-version-outputs/${byName.key.id}`);
      expect(single.attributes.value).toBe("hunter2-hunter2");
      const included = await tfe.api("GET", `workspaces/${id}/current-state-version?include=outputs`);
      expect(included.json.included).toHaveLength(4);
      expect(included.text).not.toContain("hunter2");
    });

    it("are read from what the client sends beside an encrypted state, which comes back unchanged", async () => {
      const id = await locked();
      const encrypted = Buffer.from(
        '{"serial":1,"lineage":"l","meta":{},"encrypted_data":"AAAA","encryption_version":"v0"}',
      );
      await store(id, encrypted, { "json-state-outputs": Buffer.from(JSON.stringify(outputs)).toString("base64") });
      const version = (await current(id)).json.data;
      expect((await download(version)).text).toBe(encrypted.toString());
      const listed = await tfe.must("GET", `workspaces/${id}/current-state-version-outputs`);
      expect(listed.map((output: any) => output.attributes.name)).toEqual(["ip", "key", "nothing", "zones"]);
      await tfe.must("POST", `workspaces/${id}/actions/unlock`);
      // What an encrypted state holds is not known, so deleting is not safe.
      expect((await tfe.api("POST", `workspaces/${id}/actions/safe-delete`)).status).toBe(409);
    });

    it("and states leave no secret in the database or the blob store", async () => {
      const id = await locked();
      await store(id, aState(1, { outputs }), {
        "json-state-outputs": Buffer.from(JSON.stringify(outputs)).toString("base64"),
      });
      const rows = [
        ...(await server.db.selectFrom("state_versions").selectAll().execute()),
        ...(await server.db.selectFrom("state_version_outputs").selectAll().execute()),
        ...(await server.db.selectFrom("jobs").selectAll().execute()),
      ];
      expect(JSON.stringify(rows)).not.toContain("hunter2");
      const files = await readdir(`${server.dataDir}/blobs`, { recursive: true, withFileTypes: true });
      const blobs = files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name)));
      expect(blobs.length).toBeGreaterThan(0);
      for (const bytes of await Promise.all(blobs)) expect(bytes.includes("hunter2")).toBe(false);
    });
  });

  it("each state asks once for its image uses to be read", async () => {
    const id = await locked();
    const version = await store(id, aState(1));
    const jobs = await server.db
      .selectFrom("jobs")
      .select("payload")
      .where("kind", "=", "extract-image-uses")
      .where("payload", "like", `%${version.id}%`)
      .execute();
    expect(jobs).toHaveLength(1);
  });
});
