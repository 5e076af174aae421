import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken } from "../../features/access/index.ts";
import { insertPrincipal } from "../../features/principals/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { aState, stateBody, TfeFixture } from "../../testing/tfe-fixture.ts";

const terraform = { "user-agent": "go-tfe", "terraform-version": "1.11.4" };
const tofu = { "user-agent": "OpenTofu/1.6.2", "terraform-version": "1.6.2" };

describe.each(databasesUnderTest())("workspaces of the Terraform plane on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let workspaces: string;
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database);
    tfe = new TfeFixture(server);
    workspaces = `organizations/${tfe.organization}/workspaces`;
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const create = (name: string, attributes: object = {}, relationships: object = {}, headers = {}) =>
    tfe.api(
      "POST",
      workspaces,
      { data: { type: "workspaces", attributes: { name, ...attributes }, relationships } },
      { headers },
    );
  const patch = (id: string, attributes: object, headers = {}) =>
    tfe.api("PATCH", `workspaces/${id}`, { data: { type: "workspaces", attributes } }, { headers });

  describe("what clients check first", () => {
    it("is served to everybody, also with a bad token", async () => {
      for (const headers of [{}, { authorization: "Bearer nonsense" }]) {
        const answer = await server.fetch("/.well-known/terraform.json", { headers });
        expect(answer.status).toBe(200);
        expect(answer.headers.get("content-type")).toMatch(/^application\/json(;|$)/);
        expect(answer.json).toMatchObject({
          "tfe.v2": "/api/v2/",
          "tfe.v2.1": "/api/v2/",
          "tfe.v2.2": "/api/v2/",
          "state.v2": "/api/v2/",
          "login.v1": { client: expect.any(String), grant_types: ["authz_code"] },
        });
      }
    });

    it("is which addresses to let through: none is promised, and that has not changed", async () => {
      const first = await server.fetch("/api/meta/ip-ranges");
      expect([first.status, first.json]).toEqual([200, { api: [], notifications: [], sentinel: [], vcs: [] }]);
      const headers = { "if-modified-since": first.headers.get("last-modified") ?? "" };
      expect((await server.fetch("/api/meta/ip-ranges", { headers })).status).toBe(304);
    });

    it("comes with the headers that they read, on every answer", async () => {
      for (const path of ["ping", "nothing", `organizations/${tfe.organization}/entitlement-set`]) {
        const { headers } = await tfe.api("GET", path);
        expect(headers.get("tfp-api-version")).toBe("2.6");
        expect(headers.get("tfp-appname")).toBe("Terraform Enterprise");
        expect(headers.get("x-tfe-version")).toMatch(/^v\d{6}-\d+$/);
        expect(Number(headers.get("x-ratelimit-limit"))).toBeGreaterThan(3);
        expect(Number(headers.get("x-terraform-snapshot-interval"))).toBeGreaterThan(0);
      }
    });

    it("says that the server runs operations, under the organization's name", async () => {
      const entitlements = await tfe.must("GET", `organizations/${tfe.organization}/entitlement-set`);
      expect(entitlements).toMatchObject({ type: "entitlement-sets", attributes: { operations: true } });
      expect((await tfe.must("GET", `organizations/${tfe.organization}`)).id).toBe(tfe.organization);
    });

    it("names the person behind the token", async () => {
      expect(await tfe.must("GET", "account/details")).toMatchObject({
        type: "users",
        attributes: { username: server.bootstrap.admin.username },
      });
    });
  });

  describe("a workspace", () => {
    it("has what every command reads", async () => {
      const made = await create("complete", {}, {}, terraform);
      expect(made.status).toBe(201);
      const { data } = made.json;
      expect(data.attributes).toMatchObject({
        name: "complete",
        "execution-mode": "remote",
        operations: true,
        locked: false,
        "auto-apply": false,
        "working-directory": null,
        "vcs-repo": null,
        "tag-names": [],
        "structured-run-output-enabled": false,
        permissions: { "can-update": true, "can-queue-run": true, "can-queue-apply": true, "can-force-delete": true },
      });
      expect(data.attributes["created-at"]).toMatch(/Z$/);
      expect(data.relationships.organization.data).toEqual({ id: tfe.organization, type: "organizations" });
      expect(data.relationships).not.toHaveProperty("current-run");
      expect(await tfe.must("GET", `${workspaces}/complete`)).toEqual(data);
      expect(await tfe.must("GET", `workspaces/${data.id}`)).toEqual(data);
    });

    it("has a name of its own in the organization", async () => {
      expect((await create("taken")).status).toBe(201);
      const again = await create("taken");
      expect(again.status).toBe(422);
      expect(again.json.errors[0].detail).toBe("Name has already been taken");
      const other = (await create("taken-too")).json.data;
      expect((await patch(other.id, { name: "taken" })).status).toBe(422);
    });

    it.each([
      ["", {}],
      ["with space", {}],
      ["a/b", {}],
      ["x".repeat(91), {}],
      ["agent", { "execution-mode": "agent" }],
      ["mode", { "execution-mode": "sometimes" }],
      ["climbs", { "working-directory": "../x" }],
      ["absolute", { "working-directory": "//etc" }],
      ["engine", { engine: "pulumi" }],
      ["auto", { "auto-apply": "yes" }],
    ])("named %j with %o is refused and not made", async (name, attributes) => {
      expect((await create(name, attributes)).status).toBe(422);
      expect((await tfe.api("GET", `${workspaces}/${encodeURIComponent(name || "-")}`)).status).toBe(404);
    });

    it("changes only what it is told to", async () => {
      const { id } = (await create("changing", { description: "kept", "auto-apply": true })).json.data;
      const changed = await patch(id, { name: "changed", "working-directory": "env/prod/" });
      expect(changed.json.data.attributes).toMatchObject({
        name: "changed",
        description: "kept",
        "auto-apply": true,
        "working-directory": "env/prod/",
      });
      expect((await tfe.api("GET", `${workspaces}/changing`)).status).toBe(404);
    });

    it("echoes the version of the command line that made it, and demands nothing of the runner", async () => {
      const { id } = (await create("by-tofu", {}, {}, tofu)).json.data;
      const patched = await patch(id, { "terraform-version": "1.6.2" }, tofu);
      expect(patched.json.data.attributes["terraform-version"]).toBe("1.6.2");
      await tfe.createRun(id);
      const job = await tfe.claim([
        { name: "terraform", version: "1.11.4" },
        { name: "tofu", version: "1.9.0" },
      ]);
      expect(job?.engine).toEqual({ name: "tofu", version: null });
    });

    it("that a command line made runs on another engine rather than not at all", async () => {
      const { id } = (await create("by-terraform", {}, {}, terraform)).json.data;
      await patch(id, { "terraform-version": "1.11.4" }, terraform);
      await tfe.createRun(id);
      expect((await tfe.claim([{ name: "tofu", version: "1.6.2" }]))?.engine).toEqual({ name: null, version: null });
    });

    it("whose engine and version a person demanded waits for a runner that has them", async () => {
      const { id } = (await create("demanding", { engine: "terraform", "terraform-version": "1.11.4" })).json.data;
      const run = await tfe.createRun(id);
      expect(await tfe.claim([{ name: "tofu", version: "1.11.4" }])).toBeNull();
      expect(await tfe.claim([{ name: "terraform", version: "1.11.3" }])).toBeNull();
      expect(await tfe.status(run.id)).toBe("plan_queued");
      const job = await tfe.claim([{ name: "terraform", version: "1.11.4" }]);
      expect(job?.engine).toEqual({ name: "terraform", version: "1.11.4" });
    });

    it("is found by a part of its name, whatever the case, and `_` is only itself", async () => {
      await create("find_me");
      await create("find-me-not");
      const names = async (search: string) =>
        (await tfe.must("GET", `${workspaces}?search[name]=${search}`)).map((w: any) => w.attributes.name);
      expect(await names("FIND_")).toEqual(["find_me"]);
      expect(await names("find")).toEqual(["find_me", "find-me-not"]);
      expect(await names("%25")).toEqual([]);
    });

    it("is listed in pages that say where they stand", async () => {
      const first = await tfe.api("GET", `${workspaces}?page[size]=2`);
      const { pagination } = first.json.meta;
      expect(first.json.data).toHaveLength(2);
      expect(pagination).toMatchObject({ "current-page": 1, "page-size": 2, "prev-page": null, "next-page": 2 });
      const beyond = await tfe.api("GET", `${workspaces}?page[number]=999&page[size]=2`);
      expect(beyond.json.data).toEqual([]);
      expect(beyond.json.meta.pagination["total-count"]).toBe(pagination["total-count"]);
      expect((await tfe.api("GET", `${workspaces}?page[size]=x`)).status).toBe(422);
    });

    it("of another project is hidden from whoever works in one project only", async () => {
      const project = await tfe.must("POST", `organizations/${tfe.organization}/projects`, {
        data: { type: "projects", attributes: { name: "walled" } },
      });
      const row = await server.db
        .selectFrom("projects")
        .select("id")
        .where("external_id", "=", project.id)
        .executeTakeFirstOrThrow();
      const person = await insertPrincipal(
        server.db,
        { kind: "user", organizationId: server.organizationId, projectId: row.id, name: "walled", role: "admin" },
        0,
      );
      const token = await createToken(
        server.db,
        {
          organizationId: server.organizationId,
          projectId: row.id,
          principalId: person.id,
          name: "t",
          expiresAt: null,
        },
        0,
      );
      const outside = (await create("outside")).json.data;
      const inside = (await create("inside", {}, { project: { data: { type: "projects", id: project.id } } })).json
        .data;
      expect((await tfe.api("GET", `workspaces/${outside.id}`, undefined, { token })).status).toBe(404);
      expect((await tfe.api("GET", `${workspaces}/outside`, undefined, { token })).status).toBe(404);
      expect((await tfe.api("GET", `workspaces/${inside.id}`, undefined, { token })).status).toBe(200);
      const listed = await tfe.api("GET", workspaces, undefined, { token });
      expect(listed.json.data.map((w: any) => w.id)).toEqual([inside.id]);
      const filtered = await tfe.must("GET", `${workspaces}?filter[project][id]=${project.id}`);
      expect(filtered.map((w: any) => w.id)).toEqual([inside.id]);
      expect(await tfe.must("GET", `${workspaces}?filter[project][id]=prj-nowhere`)).toEqual([]);
    });
  });

  describe("tags", () => {
    it("come with creation, and a workspace is listed only when it has all that are asked for", async () => {
      const tags = (names: string[]) => ({
        tags: { data: names.map((name) => ({ type: "tags", attributes: { name } })) },
      });
      await create("tags-ab", {}, tags(["a", "b"]));
      await create("tags-a", {}, tags(["a"]));
      const names = async (query: string) =>
        (await tfe.must("GET", `${workspaces}?${query}`)).map((w: any) => w.attributes.name);
      expect(await names("search[tags]=a,b")).toEqual(["tags-ab"]);
      expect(await names("search[tags]=a")).toEqual(["tags-ab", "tags-a"]);
      expect(await names("search[tags]=a&search[exclude-tags]=b")).toEqual(["tags-a"]);
      // The command line sends a stray parameter, by an accident of its encoder.
      expect(await names("search[tags]=a,b&TagBindings=%7B%2Bk%2Bv%7D")).toEqual(["tags-ab"]);
    });

    it("with values are bindings, whose keys are tag names too", async () => {
      const { id } = (
        await create("bound", {}, { "tag-bindings": { data: [{ attributes: { key: "env", value: "prod" } }] } })
      ).json.data;
      expect((await tfe.must("GET", `workspaces/${id}`)).attributes["tag-names"]).toEqual(["env"]);
      expect((await tfe.must("GET", `workspaces/${id}/tag-bindings`))[0].attributes).toEqual({
        key: "env",
        value: "prod",
      });
      const found = await tfe.must(
        "GET",
        `${workspaces}?filter[tagged][0][key]=env&filter[tagged][0][value]=prod&search[tags]=env`,
      );
      expect(found.map((w: any) => w.id)).toEqual([id]);
      expect(await tfe.must("GET", `${workspaces}?filter[tagged][0][key]=env&filter[tagged][0][value]=dev`)).toEqual(
        [],
      );
    });

    it("added by their names alone keep the value that they have", async () => {
      const { id } = (await create("adding")).json.data;
      await tfe.must("PATCH", `workspaces/${id}/tag-bindings`, {
        data: [{ attributes: { key: "env", value: "prod" } }],
      });
      const added = await tfe.api("POST", `workspaces/${id}/relationships/tags`, {
        data: [
          { type: "tags", attributes: { name: "env" } },
          { type: "tags", attributes: { name: "net" } },
        ],
      });
      expect(added.status).toBe(204);
      const bindings = await tfe.must("GET", `workspaces/${id}/tag-bindings`);
      expect(bindings.map((tag: any) => tag.attributes)).toEqual([
        { key: "env", value: "prod" },
        { key: "net", value: "" },
      ]);
      await tfe.api("DELETE", `workspaces/${id}/relationships/tags`, {
        data: [{ type: "tags", attributes: { name: "env" } }],
      });
      expect((await tfe.must("GET", `workspaces/${id}`)).attributes["tag-names"]).toEqual(["net"]);
    });
  });

  describe("a lock", () => {
    const act = (id: string, action: string, token?: string) =>
      tfe.api(
        "POST",
        `workspaces/${id}/actions/${action}`,
        action === "lock" ? { data: { type: "", attributes: { reason: "Locked by OpenTofu" } } } : undefined,
        token === undefined ? {} : { token },
      );

    it("is shown with its reason and its holder, and taken once", async () => {
      const { id } = (await create("locking")).json.data;
      const locked = await act(id, "lock");
      expect(locked.status).toBe(200);
      expect(locked.json.data.attributes).toMatchObject({ locked: true, "locked-reason": "Locked by OpenTofu" });
      expect(locked.json.data.relationships["locked-by"].data.type).toBe("users");
      expect((await act(id, "lock")).status).toBe(409);
      const unlocked = await act(id, "unlock");
      expect(unlocked.status).toBe(200);
      expect(unlocked.json.data.attributes.locked).toBe(false);
      expect((await act(id, "unlock")).status).toBe(409);
    });

    it("is taken by one of several who try at once", async () => {
      const { id } = (await create("racing")).json.data;
      const answers = await Promise.all(Array.from({ length: 5 }, () => act(id, "lock")));
      expect(answers.map((answer) => answer.status).sort((a, b) => Number(a) - Number(b))).toEqual([
        200, 409, 409, 409, 409,
      ]);
    });

    it("of somebody else is given up to nobody, but to an administrator by force", async () => {
      const { id } = (await create("forcing")).json.data;
      const contributor = await tfe.tokenOf("contributor");
      expect((await act(id, "lock", contributor)).status).toBe(200);
      const refused = await act(id, "unlock");
      expect(refused.status).toBe(409);
      expect(refused.json.errors[0].detail).toContain("is locked by User");
      expect((await act(id, "force-unlock", contributor)).status).toBe(403);
      expect((await act(id, "force-unlock")).status).toBe(200);
      expect((await act(id, "force-unlock")).status).toBe(409);
    });

    it("of a run ends with the run alone", async () => {
      const { id } = (await create("run-locks")).json.data;
      const run = await tfe.plannedRun(id);
      const workspace = await tfe.must("GET", `workspaces/${id}`);
      expect(workspace.attributes.locked).toBe(true);
      expect(workspace.relationships["locked-by"].data).toEqual({ type: "runs", id: run.id });
      expect((await act(id, "unlock")).json.errors[0].detail).toContain("is locked by Run");
      expect((await act(id, "force-unlock")).status).toBe(403);
      await tfe.must("POST", `runs/${run.id}/actions/discard`, {});
      expect((await tfe.must("GET", `workspaces/${id}`)).attributes.locked).toBe(false);
    });

    it("of a person keeps runs waiting, and the first of them starts when it ends", async () => {
      const { id } = (await create("waits")).json.data;
      await act(id, "lock");
      const run = await tfe.createRun(id);
      expect(run.attributes.status).toBe("pending");
      await act(id, "unlock");
      expect(await tfe.status(run.id)).toBe("plan_queued");
    });
  });

  describe("deleting", () => {
    const safeDelete = (name: string) => tfe.api("POST", `${workspaces}/${name}/actions/safe-delete`);

    it("removes the workspace, and everything it kept in the blob store", async () => {
      const { id } = (await create("gone")).json.data;
      await tfe.storeState(id, aState(1));
      expect((await safeDelete("gone")).status).toBe(204);
      expect((await tfe.api("GET", `workspaces/${id}`)).status).toBe(404);
      expect((await safeDelete("gone")).status).toBe(404);
      await server.settle();
      expect(await server.db.selectFrom("jobs").select("id").where("kind", "=", "remove-blobs").execute()).toEqual([]);
    });

    it("is not safe while the state has resources, and is done when asked for without that word", async () => {
      const { id } = (await create("full")).json.data;
      await tfe.storeState(id, aState(1, { resources: [{ mode: "managed", type: "x", name: "y", instances: [{}] }] }));
      const refused = await safeDelete("full");
      expect(refused.status).toBe(409);
      expect(refused.json.errors[0].detail).toContain("not safe to delete");
      expect((await tfe.api("DELETE", `${workspaces}/full`)).status).toBe(204);
    });

    it("is not safe while somebody has locked it", async () => {
      const { id } = (await create("locked")).json.data;
      await tfe.must("POST", `workspaces/${id}/actions/lock`, {});
      const refused = await safeDelete("locked");
      expect(refused.status).toBe(409);
      expect(refused.json.errors[0].detail).toContain("locked");
    });

    it("without that word takes runs with it that wait or plan, but never one that applies", async () => {
      const waits = (await create("waits-for-somebody")).json.data;
      const planned = await tfe.plannedRun(waits.id);
      expect((await safeDelete("waits-for-somebody")).status).toBe(409);
      expect((await tfe.api("DELETE", `workspaces/${waits.id}`)).status).toBe(204);
      expect((await tfe.api("GET", `runs/${planned.id}`)).status).toBe(404);

      const plans = (await create("plans")).json.data;
      await tfe.createRun(plans.id);
      const planning = await tfe.mustClaim();
      expect((await tfe.api("DELETE", `workspaces/${plans.id}`)).status).toBe(204);
      expect((await tfe.complete(planning)).status).toBe(409);

      const applies = (await create("applies")).json.data;
      const { job } = await tfe.applyingRun(applies.id);
      const refused = await tfe.api("DELETE", `workspaces/${applies.id}`);
      expect(refused.status).toBe(409);
      expect(refused.json.errors[0].detail).toContain("being processed");
      await tfe.complete(job);
      expect((await tfe.api("DELETE", `workspaces/${applies.id}`)).status).toBe(204);
    });

    it("is refused while a speculative plan is running, which holds no lock", async () => {
      const { id } = (await create("busy")).json.data;
      const version = await tfe.upload(id, { speculative: true });
      await tfe.createRun(id, {}, version.id);
      for (;;) if ((await tfe.mustClaim()).workspace.id === id) break;
      const refused = await safeDelete("busy");
      expect(refused.status).toBe(409);
      expect(refused.json.errors[0].detail).toContain("being processed");
    });
  });

  describe("variables", () => {
    const vars = (id: string) => `workspaces/${id}/vars`;
    const body = (attributes: object) => ({ data: { type: "vars", attributes } });

    it("are made, read, changed and removed", async () => {
      const { id } = (await create("with-vars")).json.data;
      const made = await tfe.must(
        "POST",
        vars(id),
        body({ key: "size", value: "3", category: "terraform", hcl: true }),
      );
      expect(made.attributes).toMatchObject({ key: "size", value: "3", hcl: true, sensitive: false });
      expect(await tfe.must("GET", `${vars(id)}/${made.id}`)).toEqual(made);
      await tfe.must("PATCH", `${vars(id)}/${made.id}`, body({ value: "4" }));
      expect((await tfe.must("GET", vars(id)))[0].attributes).toMatchObject({ key: "size", value: "4", hcl: true });
      expect((await tfe.must("GET", `workspaces/${id}/all-vars`)).length).toBe(1);
      expect((await tfe.api("DELETE", `${vars(id)}/${made.id}`)).status).toBe(204);
      expect((await tfe.api("DELETE", `${vars(id)}/${made.id}`)).status).toBe(404);
      expect(await tfe.must("GET", vars(id))).toEqual([]);
    });

    it("are changed several at once, all or none", async () => {
      const { id } = (await create("many-vars")).json.data;
      const make = (key: string) => tfe.must("POST", vars(id), body({ key, value: "1", category: "terraform" }));
      const [a, b] = [await make("a"), await make("b")];
      const patch = (...data: object[]) => tfe.api("PATCH", `workspaces/${id}/relationships/vars`, { data });
      const values = async () => (await tfe.must("GET", vars(id))).map((one: any) => one.attributes.value).join();
      const change = (variable: any, attributes: object) => ({ type: "vars", id: variable.id, attributes });
      expect((await patch(change(a, { value: "2" }), change(b, { value: "3", hcl: true }))).status).toBe(204);
      expect(await values()).toBe("2,3");
      expect((await patch(change(a, { value: "4" }), change(b, { key: "a" }))).status).toBe(422);
      expect((await patch(change(a, { value: "4" }), change({ id: "var-elsewhere" }, { value: "4" }))).status).toBe(
        404,
      );
      expect(await values()).toBe("2,3");
    });

    it("that are sensitive reach the run and nobody else, in no answer, table or file", async () => {
      const { id } = (await create("secret-vars")).json.data;
      const secret = "correct-horse-battery";
      const made = await tfe.must(
        "POST",
        vars(id),
        body({ key: "KEY", value: secret, category: "env", sensitive: true }),
      );
      expect(made.attributes.value).toBeNull();
      const answers = [
        await tfe.api("GET", vars(id)),
        await tfe.api("GET", `workspaces/${id}/all-vars`),
        await tfe.api("PATCH", `${vars(id)}/${made.id}`, body({ description: "still" })),
      ];
      expect(answers.map((answer) => answer.text).join()).not.toContain(secret);
      const refused = await tfe.api("PATCH", `${vars(id)}/${made.id}`, body({ sensitive: false }));
      expect(refused.status).toBe(422);
      expect(JSON.stringify(await server.db.selectFrom("variables").selectAll().execute())).not.toContain(secret);
      const run = await tfe.createRun(id);
      for (;;) {
        const job = await tfe.mustClaim();
        if (job.run_id !== run.id) continue;
        expect(job.environment["KEY"]).toBe(secret);
        expect(job.masked).toContain(secret);
        break;
      }
    });

    it.each([
      [{ key: "a b", category: "env" }],
      [{ key: "a b", category: "terraform" }],
      [{ key: "", category: "env" }],
      [{ key: "a", category: "policy-set" }],
      [{ key: "a", value: 5 }],
      [{ key: "long", value: "x".repeat(70_000) }],
    ])("like %j are refused", async (attributes) => {
      const name = `bad-vars-${Math.random().toString(36).slice(2)}`;
      const { id } = (await create(name)).json.data;
      expect((await tfe.api("POST", vars(id), body(attributes))).status).toBe(422);
      expect(await tfe.must("GET", vars(id))).toEqual([]);
    });

    it("have one value a key and category", async () => {
      const { id } = (await create("one-key")).json.data;
      await tfe.must("POST", vars(id), body({ key: "a", value: "1", category: "env" }));
      expect((await tfe.api("POST", vars(id), body({ key: "a", value: "2", category: "env" }))).status).toBe(422);
      expect((await tfe.api("POST", vars(id), body({ key: "a", value: "2", category: "terraform" }))).status).toBe(201);
    });
  });

  describe("projects", () => {
    it("are made once a name, and listed by exact name, also when there is none", async () => {
      const projects = `organizations/${tfe.organization}/projects`;
      const body = { data: { type: "projects", attributes: { name: "network team" } } };
      const made = await tfe.must("POST", projects, body);
      expect(made.id).toMatch(/^prj-/);
      expect((await tfe.api("POST", projects, body)).status).toBe(422);
      const byName = await tfe.must("GET", `${projects}?filter[names]=network%20team`);
      expect(byName.map((project: any) => project.id)).toEqual([made.id]);
      const listed = async (query: string) =>
        (await tfe.must("GET", `${projects}${query}`)).map((project: any) => project.attributes.name as string);
      const newestFirst = await listed("");
      expect(newestFirst[0]).toBe("network team");
      const byNames = [...newestFirst].sort((a, b) => (a < b ? -1 : 1));
      expect(await listed("?sort=name")).toEqual(byNames);
      expect(await listed("?sort=-name")).toEqual(byNames.reverse());
      expect((await tfe.api("GET", `${projects}?sort=age`)).json.errors[0].detail).toContain("-name");
      const inCapitals = await tfe.must("GET", `${projects}?filter[names]=NETWORK%20Team`);
      expect(inCapitals.map((project: any) => project.id)).toEqual([made.id]);
      const none = await tfe.api("GET", `${projects}?filter[names]=nothing`);
      expect(none.status).toBe(200);
      expect(none.json.data).toEqual([]);
      expect((await tfe.must("GET", `projects/${made.id}`)).attributes.name).toBe("network team");
    });
  });

  it("state uploads need the lock of whoever uploads", async () => {
    const { id } = (await create("unlocked")).json.data;
    expect((await tfe.api("POST", `workspaces/${id}/state-versions`, stateBody(aState(1)))).status).toBe(409);
  });
});
