import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { aState, TfeFixture, type Answer } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("what workspaces and projects can be told on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let made = 0;
  let statements = 0;

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { onStatement: () => statements++ });
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const workspaces = () => `organizations/${tfe.organization}/workspaces`;

  async function create(attributes: Record<string, unknown> = {}, relationships: Record<string, unknown> = {}) {
    const body = { data: { type: "workspaces", attributes: { name: `ws-${made++}`, ...attributes }, relationships } };
    return tfe.must("POST", workspaces(), body);
  }

  async function patch(id: string, attributes: Record<string, unknown>): Promise<Answer> {
    return tfe.api("PATCH", `workspaces/${id}`, { data: { type: "workspaces", attributes } });
  }

  async function createProject(attributes: Record<string, unknown> = {}, relationships = {}): Promise<any> {
    return tfe.must("POST", `organizations/${tfe.organization}/projects`, {
      data: { type: "projects", attributes: { name: `project ${made++}`, ...attributes }, relationships },
    });
  }

  const inProject = (id: string) => ({ project: { data: { type: "projects", id } } });
  const tagged = (tags: Record<string, string>) => ({
    "tag-bindings": {
      data: Object.entries(tags).map(([key, value]) => ({ type: "tag-bindings", attributes: { key, value } })),
    },
  });

  it("is kept and shown as it was given", async () => {
    const settings = {
      "allow-destroy-plan": false,
      "auto-apply-run-trigger": true,
      "auto-destroy-at": "2030-01-01T00:00:00.000Z",
      "file-triggers-enabled": false,
      "global-remote-state": false,
      "project-remote-state": true,
      "queue-all-runs": true,
      "source-name": "my-app",
      "source-url": "https://my-app.example",
      "speculative-enabled": false,
      "structured-run-output-enabled": true,
      "terraform-version": "~> 1.9.0",
      "trigger-prefixes": ["/modules", "/shared"],
      "working-directory": "bar/",
    };
    const { id, attributes } = await create(settings);
    expect(attributes).toMatchObject(settings);
    expect((await tfe.must("GET", `workspaces/${id}`)).attributes).toMatchObject(settings);
    const patterns = ["/**/networking/*"];
    const changed = await patch(id, { "trigger-patterns": patterns, "auto-destroy-at": null, "source-name": null });
    expect(changed.json.data.attributes).toMatchObject({
      ...settings,
      "trigger-patterns": patterns,
      "trigger-prefixes": [],
      "auto-destroy-at": null,
      "source-name": null,
    });
    // Set to nothing is set too.
    const none = await patch(id, { "trigger-prefixes": [] });
    expect(none.json.data.attributes).toMatchObject({ "trigger-patterns": [], "trigger-prefixes": [] });
  });

  it("is destroyed by its own rule, and no longer by its project's, once it has one", async () => {
    const inherits = "inherits-project-auto-destroy";
    const { id, attributes } = await create({ "auto-destroy-at": "2030-01-01T00:00:00Z" });
    expect(attributes[inherits]).toBe(false);
    expect((await patch(id, { [inherits]: true })).json.data.attributes[inherits]).toBe(true);
    const own = await patch(id, { "auto-destroy-activity-duration": "1d" });
    expect(own.json.data.attributes).toMatchObject({ [inherits]: false, "auto-destroy-activity-duration": "1d" });
    const timed = await patch(id, { "auto-destroy-at": "2030-01-01T00:00:00Z" });
    expect(timed.json.data.attributes).toMatchObject({ [inherits]: false, "auto-destroy-activity-duration": null });
    const none = await patch(id, { "auto-destroy-at": null });
    expect(none.json.data.attributes).toMatchObject({ [inherits]: true, "auto-destroy-activity-duration": null });
    await tfe.must("DELETE", `workspaces/${id}`);
  });

  it("shares the state with the project or with the organization, not both", async () => {
    const { id } = await create({ "project-remote-state": true });
    const both = await patch(id, { "project-remote-state": true, "global-remote-state": true });
    expect([both.status, both.json.errors[0].title]).toEqual([422, "invalid attribute"]);
    expect(both.json.errors[0].detail).toContain("Project remote state cannot be enabled");
    const wider = await patch(id, { "global-remote-state": true });
    expect(wider.json.data.attributes).toMatchObject({ "global-remote-state": true, "project-remote-state": false });
  });

  it.each([
    ["vcs-repo", { "vcs-repo": { identifier: "a/b" } }],
    ["hyok-enabled", { "hyok-enabled": true }],
    ["migration-environment", { "migration-environment": "old" }],
    ["neither a version nor a constraint", { "terraform-version": "nonexisting" }],
    ["Auto destroy activity duration has an incorrect format", { "auto-destroy-activity-duration": "20m" }],
    ["not a time", { "auto-destroy-at": "tomorrow" }],
    ["not both", { "trigger-prefixes": ["a"], "trigger-patterns": ["b"] }],
    ["deprecated", { operations: true, "execution-mode": "remote" }],
    ["unknown", { "execution-mode": "cloud" }],
    ["agent pool", { "execution-mode": "agent" }],
    ["Agent pool must not be specified", { "agent-pool-id": "apool-1" }],
    ["Source URL", { "source-url": "javascript:alert(1)" }],
  ])("is refused with words about it: %s", async (words, attributes) => {
    const { id } = await create();
    const refused = await patch(id, attributes);
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].detail).toContain(words);
  });

  describe("the execution mode", () => {
    it("is the project's default until the workspace has its own, and again when it says so", async () => {
      const project = await createProject({ "default-execution-mode": "local" });
      const { id, attributes } = await create({}, inProject(project.id));
      expect(attributes).toMatchObject({
        "execution-mode": "local",
        operations: false,
        "setting-overwrites": { "execution-mode": false, "agent-pool": false },
      });
      await tfe.must("PATCH", `projects/${project.id}`, {
        data: { type: "projects", attributes: { "default-execution-mode": "remote" } },
      });
      expect((await tfe.must("GET", `workspaces/${id}`)).attributes["execution-mode"]).toBe("remote");
      const own = await patch(id, { "execution-mode": "local" });
      expect(own.json.data.attributes).toMatchObject({
        "execution-mode": "local",
        "setting-overwrites": { "execution-mode": true },
      });
      const inherited = await patch(id, { "setting-overwrites": { "execution-mode": false, "agent-pool": false } });
      expect(inherited.json.data.attributes["execution-mode"]).toBe("remote");
    });

    it("of a workspace that keeps its own stays when the default changes", async () => {
      const project = await createProject();
      const { id } = await create({ "execution-mode": "local" }, inProject(project.id));
      await tfe.must("PATCH", `projects/${project.id}`, {
        data: { type: "projects", attributes: { "default-execution-mode": "remote" } },
      });
      expect((await tfe.must("GET", `workspaces/${id}`)).attributes["execution-mode"]).toBe("local");
    });
  });

  describe("a list", () => {
    const names = (answer: any[]) => answer.map((workspace) => workspace.attributes.name as string);

    it("is found by tags of its own and of its project, by a pattern, and by the status of its run", async () => {
      const project = await createProject({}, tagged({ cost: "shared" }));
      await create({ name: "billing-prod" }, { ...inProject(project.id), ...tagged({ tier: "gold" }) });
      await create({ name: "billing-dev" }, { ...inProject(project.id), ...tagged({ cost: "own" }) });
      const list = async (query: string) => names(await tfe.must("GET", `${workspaces()}?${query}`));
      expect(await list("filter[tagged][0][key]=cost")).toEqual(["billing-prod", "billing-dev"]);
      expect(await list("filter[tagged][0][key]=cost&sort=name")).toEqual(["billing-dev", "billing-prod"]);
      expect(await list("filter[tagged][0][key]=cost&filter[tagged][0][value]=shared")).toEqual(["billing-prod"]);
      expect(await list("search[wildcard-name]=*-PROD")).toEqual(["billing-prod"]);
      expect(await list("search[wildcard-name]=billing-_rod")).toEqual([]);
      const { id } = await create({ name: "planned" });
      await tfe.plannedRun(id);
      expect(await list("filter[current-run][status]=planned")).toEqual(["planned"]);
      expect((await list("sort=current-run.created-at"))[0]).toBe("planned");
      expect((await list("sort=-current-run.created-at"))[0]).toBe("planned");
      expect((await list("sort=-name"))[0]).toBe((await list("sort=name")).at(-1));
      expect((await tfe.api("GET", `${workspaces()}?sort=color`)).status).toBe(422);
    });

    it("includes what is asked for, each once", async () => {
      const project = await createProject({}, tagged({ cost: "shared" }));
      const { id } = await create({ name: "included" }, { ...inProject(project.id), ...tagged({ tier: "gold" }) });
      const outputs = {
        open: { value: "a", type: "string" },
        hidden: { value: "swordfish", type: "string", sensitive: true },
      };
      await tfe.storeState(id, aState(1, { outputs }));
      const include = "organization,project,current-state-version,outputs,effective_tag_bindings";
      const { json, text } = await tfe.api("GET", `${workspaces()}?search[name]=included&include=${include}`);
      expect(json.included.map((item: any) => item.type).sort()).toEqual([
        "effective-tag-bindings",
        "effective-tag-bindings",
        "organizations",
        "projects",
        "state-versions",
        "workspace-outputs",
        "workspace-outputs",
      ]);
      expect(text).not.toContain("swordfish");
      const inherited = json.included.find((item: any) => item.attributes.key === "cost");
      expect(inherited.links["inherited-from"]).toBe(`/api/v2/projects/${project.id}`);
      const [workspace] = json.data;
      expect(workspace.relationships["effective-tag-bindings"].data).toHaveLength(2);
      expect(workspace.relationships.outputs.data).toHaveLength(2);
    });

    it("costs as many statements for many workspaces as for one", async () => {
      for (let i = 0; i < 12; i++) await create({ name: `many-${i}` }, tagged({ tier: "gold" }));
      const count = async (size: number) => {
        const before = statements;
        await tfe.must("GET", `${workspaces()}?search[name]=many&page[size]=${size}&include=effective_tag_bindings`);
        return statements - before;
      };
      await count(1);
      expect(await count(12)).toBe(await count(1));
    });
  });

  it("shows which variables a workspace has", async () => {
    const { id } = await create();
    const variable = await tfe.must("POST", `workspaces/${id}/vars`, {
      data: { type: "vars", attributes: { key: "a", value: "1", category: "terraform" } },
    });
    expect((await tfe.must("GET", `workspaces/${id}`)).relationships.vars.data).toEqual([
      { type: "vars", id: variable.id },
    ]);
  });

  describe("tags", () => {
    it("are at most ten with values, and a change of the workspace replaces them", async () => {
      const { id } = await create({}, tagged({ a: "1", b: "2" }));
      const eleven = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, "v"]));
      const refused = await tfe.api("PATCH", `workspaces/${id}/tag-bindings`, tagged(eleven)["tag-bindings"]);
      expect([refused.status, refused.json.errors[0].code]).toEqual([422, "tag_bindings_max"]);
      const body = { data: { type: "workspaces", relationships: tagged({ c: "3" }) } };
      await tfe.must("PATCH", `workspaces/${id}`, body);
      const left = await tfe.must("GET", `workspaces/${id}/tag-bindings`);
      expect(left.map((tag: any) => tag.attributes)).toEqual([{ key: "c", value: "3" }]);
    });
  });

  describe("a project", () => {
    it("is made, found by a part of its name, changed and deleted", async () => {
      const project = await createProject({ name: "Payments team", description: "pays" });
      const list = `organizations/${tfe.organization}/projects`;
      expect((await tfe.must("GET", `${list}?q=PAYM`)).map((found: any) => found.id)).toEqual([project.id]);
      const page = await tfe.api("GET", `${list}?page[number]=999&page[size]=100`);
      expect(page.json.data).toEqual([]);
      expect(page.json.meta.pagination["current-page"]).toBe(999);
      const changed = await tfe.must("PATCH", `projects/${project.id}`, {
        data: { type: "projects", attributes: { description: "paid" }, relationships: tagged({ a: "b" }) },
      });
      expect(changed.attributes).toMatchObject({ name: "Payments team", description: "paid" });
      const tags = await tfe.must("GET", `projects/${project.id}/effective-tag-bindings`);
      expect(tags.map((tag: any) => tag.attributes)).toEqual([{ key: "a", value: "b" }]);
      expect((await tfe.api("DELETE", `projects/${project.id}`)).status).toBe(204);
      expect((await tfe.api("GET", `projects/${project.id}`)).status).toBe(404);
    });

    it("that holds a workspace is not deleted", async () => {
      const project = await createProject();
      await create({}, inProject(project.id));
      const refused = await tfe.api("DELETE", `projects/${project.id}`);
      expect([refused.status, refused.json.errors[0].detail]).toEqual([422, expect.stringContaining("1 workspace")]);
    });

    it.each([
      [{ name: "! / nope" }, "invalid attribute", "Name may only contain"],
      [
        { "auto-destroy-activity-duration": "bar" },
        "invalid attribute",
        "Auto destroy activity duration has an incorrect",
      ],
      [
        { "default-execution-mode": "local", "default-agent-pool-id": "apool-1" },
        "unprocessable entity",
        "Agent pool must not be specified unless using 'agent' execution mode",
      ],
      [
        { "default-execution-mode": "agent" },
        "invalid attribute",
        "Default agent pool must be specified when using 'agent' execution mode",
      ],
    ])("refuses %j in the words that clients look for", async (attributes, title, detail) => {
      const { id } = await createProject();
      const refused = await tfe.api("PATCH", `projects/${id}`, { data: { type: "projects", attributes } });
      expect(refused.status).toBe(422);
      expect(refused.json.errors[0]).toMatchObject({ title, detail: expect.stringContaining(detail) });
    });
  });
});
