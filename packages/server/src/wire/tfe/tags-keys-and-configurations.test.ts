import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { archive, TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("tags, keys and configurations on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let made = 0;

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database);
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const ofOrganization = (path: string) => `organizations/${tfe.organization}/${path}`;
  const create = async (): Promise<string> => (await tfe.createWorkspace(`ws-${made++}`)).id as string;
  const addTags = (id: string, ...names: string[]) =>
    tfe.must("POST", `workspaces/${id}/relationships/tags`, {
      data: names.map((name) => ({ type: "tags", attributes: { name } })),
    });
  const tagsOf = async (id: string): Promise<string[]> =>
    (await tfe.must("GET", `workspaces/${id}/relationships/tags`)).map((tag: any) => tag.attributes.name);
  const stubs = (type: string, ...ids: string[]) => ({ data: ids.map((id) => ({ type, id })) });

  describe("the tags of an organization", () => {
    it("are those of its workspaces, counted, found, given to others and taken from all", async () => {
      const [a, b, c] = [await create(), await create(), await create()];
      await addTags(a, "env:prod", "team/a");
      await addTags(b, "env:prod");
      const list = async (query = "") =>
        (await tfe.must("GET", `${ofOrganization("tags")}${query}`)).map((tag: any) => [
          tag.attributes.name,
          tag.attributes["instance-count"],
        ]);
      expect(await list()).toEqual([
        ["env:prod", 2],
        ["team/a", 1],
      ]);
      expect(await list("?q=TEAM")).toEqual([["team/a", 1]]);
      expect(await list(`?filter[exclude][taggable][id]=${b}`)).toEqual([["team/a", 1]]);
      const page = await tfe.api("GET", `${ofOrganization("tags")}?page[size]=1&page[number]=2`);
      expect([page.json.data.length, page.json.meta.pagination["total-count"]]).toEqual([1, 2]);
      const id = (await tfe.must("GET", `${ofOrganization("tags")}?q=team`))[0].id;
      await tfe.must("POST", `tags/${id}/relationships/workspaces`, stubs("workspaces", b, c));
      expect(await tagsOf(c)).toEqual(["team/a"]);
      await tfe.must("DELETE", ofOrganization("tags"), stubs("tags", id));
      expect([await tagsOf(a), await tagsOf(b), await tagsOf(c)]).toEqual([["env:prod"], ["env:prod"], []]);
      const gone = await tfe.api("POST", `tags/${id}/relationships/workspaces`, stubs("workspaces", c));
      expect([gone.status, await tagsOf(c)]).toEqual([404, []]);
    });
  });

  describe("reserved tag keys", () => {
    const reserve = (key: string, more = {}) =>
      tfe.api("POST", ofOrganization("reserved-tag-keys"), {
        data: { type: "reserved-tag-keys", attributes: { key, ...more } },
      });

    it("are unique and valid, in the words that clients look for", async () => {
      expect((await reserve("cost-center")).status).toBe(201);
      const taken = await reserve("cost-center");
      expect(taken.json.errors[0]).toMatchObject({ title: "invalid attribute", detail: "Key has already been taken" });
      const invalid = await reserve("! / nope");
      expect(invalid.json.errors[0]).toMatchObject({ title: "invalid attribute", detail: "Key is invalid" });
    });

    it("that forbid overrides keep workspaces from a value of their own where the project has one", async () => {
      await reserve("owner", { "disable-overrides": true });
      const binding = (value: string) => [{ type: "tag-bindings", attributes: { key: "owner", value } }];
      const project = await tfe.must("POST", ofOrganization("projects"), {
        data: {
          type: "projects",
          attributes: { name: "owned" },
          relationships: { "tag-bindings": { data: binding("platform") } },
        },
      });
      const inside = await tfe.must("POST", ofOrganization("workspaces"), {
        data: {
          type: "workspaces",
          attributes: { name: "inside" },
          relationships: { project: { data: { type: "projects", id: project.id } } },
        },
      });
      const path = (id: string) => `workspaces/${id}/tag-bindings`;
      const refused = await tfe.api("PATCH", path(inside.id), { data: binding("me") });
      expect([refused.status, refused.json.errors[0].code]).toEqual([422, "tag_key_reserved"]);
      expect((await tfe.api("PATCH", path(await create()), { data: binding("me") })).status).toBe(200);
    });
  });

  describe("an SSH key", () => {
    const createKey = (name: string, value = "-----BEGIN KEY-----\nsecret-line\n-----END KEY-----") =>
      tfe.api("POST", ofOrganization("ssh-keys"), { data: { type: "ssh-keys", attributes: { name, value } } });
    const assign = (workspaceId: string, id: string | null) =>
      tfe.api("PATCH", `workspaces/${workspaceId}/relationships/ssh-key`, {
        data: { type: "workspaces", attributes: { id } },
      });

    it("reaches the runs of the workspaces that use it, and nobody else", async () => {
      const { data: key } = (await createKey("deploy")).json;
      const id = await create();
      const assigned = await assign(id, key.id);
      expect(assigned.json.data.relationships["ssh-key"].data).toEqual({ type: "ssh-keys", id: key.id });
      await tfe.createRun(id);
      const job = await tfe.mustClaim();
      expect(job.identity?.files["ssh_key"]).toContain("secret-line");
      expect(job.environment["GIT_SSH_COMMAND"]).toContain("/ssh_key");
      expect(job.masked).toContain("secret-line");
      expect(JSON.stringify(job.environment)).not.toContain("secret-line");
      await tfe.complete(job, { outcome: "errored", message: "enough" });
      const shown = [await tfe.api("GET", `ssh-keys/${key.id}`), await tfe.api("GET", ofOrganization("ssh-keys"))];
      for (const answer of shown) expect(answer.text).not.toContain("secret-line");
      const rows = await server.db.selectFrom("ssh_keys").select("sealed_value").execute();
      expect(JSON.stringify(rows)).not.toContain("secret-line");
    });

    it("is taken from its workspaces when it is deleted, or by a null", async () => {
      const { data: key } = (await createKey("temporary")).json;
      const [a, b] = [await create(), await create()];
      for (const id of [a, b]) await assign(id, key.id);
      expect((await assign(a, null)).json.data.relationships["ssh-key"]).toBeUndefined();
      expect((await tfe.api("DELETE", `ssh-keys/${key.id}`)).status).toBe(204);
      expect((await tfe.must("GET", `workspaces/${b}`)).relationships["ssh-key"]).toBeUndefined();
      expect((await assign(b, key.id)).status).toBe(404);
      const taken = [await createKey("twice"), await createKey("twice")];
      expect(taken.map((answer) => answer.status)).toEqual([201, 422]);
    });
  });

  describe("a configuration version", () => {
    it("is downloaded as it was uploaded, by a link that needs no credential", async () => {
      const id = await create();
      const version = await tfe.must("POST", `workspaces/${id}/configuration-versions`, {
        data: { type: "configuration-versions", attributes: { "auto-queue-runs": false } },
      });
      const download = () =>
        server.fetch(`/api/v2/configuration-versions/${version.id}/download`, {
          headers: server.admin,
          redirect: "manual",
        });
      expect((await download()).status).toBe(404);
      const bytes = await archive([["main.tf", "# mine"]]);
      await tfe.put(version.attributes["upload-url"], bytes);
      const answer = await download();
      expect(answer.status).toBe(302);
      expect(await tfe.getBytes(answer.headers.get("location") ?? "")).toEqual(bytes);
      const run = await tfe.createRun(id);
      const path = `/api/v2/runs/${run.id}/configuration-version/download`;
      const ofRun = await server.fetch(path, { headers: server.admin, redirect: "manual" });
      expect(ofRun.status).toBe(302);
      const own = await tfe.must("GET", `runs/${run.id}/configuration-version`);
      const { headers } = await server.fetch(`/api/v2/configuration-versions/${own.id}/download`, {
        headers: server.admin,
        redirect: "manual",
      });
      const bytesOf = (from: Headers) => tfe.getBytes(from.get("location") ?? "");
      expect(await bytesOf(ofRun.headers)).toEqual(await bytesOf(headers));
      const foreign = { authorization: `Bearer ${await tfe.strangerToken()}` };
      expect((await server.fetch(path, { headers: foreign, redirect: "manual" })).status).toBe(404);
      await tfe.complete(await tfe.mustClaim(), { outcome: "errored", message: "enough" });
    });

    it("is archived once another one is current and no run needs it; then its bytes are gone", async () => {
      const id = await create();
      const old = await tfe.upload(id);
      const archiveOld = () => tfe.api("POST", `configuration-versions/${old.id}/actions/archive`);
      const current = await archiveOld();
      expect(current.status).toBe(409);
      expect(current.json.errors[0]).toMatchObject({
        title: "transition not allowed",
        detail: "configuration could not be archived because it is current",
      });
      const run = await tfe.createRun(id, {}, old.id);
      await tfe.upload(id);
      expect((await archiveOld()).json.errors[0].detail).toContain("a run");
      await tfe.complete(await tfe.mustClaim(), { outcome: "errored", message: "enough" });
      expect(await tfe.status(run.id)).toBe("errored");
      expect((await archiveOld()).status).toBe(202);
      expect((await tfe.must("GET", `configuration-versions/${old.id}`)).attributes.status).toBe("archived");
      expect((await tfe.api("GET", `configuration-versions/${old.id}/download`)).status).toBe(404);
    });

    it("is the workspace's current one when it is newest, uploaded or not, but never a provisional one", async () => {
      const id = await create();
      const currentOf = async () =>
        (await tfe.must("GET", `workspaces/${id}`)).relationships["current-configuration-version"]?.data.id;
      expect(await currentOf()).toBeUndefined();
      const make = (attributes: Record<string, unknown>) =>
        tfe.must("POST", `workspaces/${id}/configuration-versions`, {
          data: { type: "configuration-versions", attributes },
        });
      const pending = await make({});
      await make({ provisional: true });
      await make({ speculative: true });
      expect(await currentOf()).toBe(pending.id);
    });
  });
});
