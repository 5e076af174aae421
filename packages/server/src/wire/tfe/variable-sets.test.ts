import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { TfeFixture, type Answer } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("variable sets on $name", (kind) => {
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

  interface Given {
    readonly attributes?: Record<string, unknown>;
    readonly relationships?: Record<string, unknown>;
    readonly vars?: Record<string, unknown>;
  }

  async function createSet(given: Given = {}): Promise<Answer> {
    const vars = Object.entries(given.vars ?? {}).map(([key, value]) => ({
      type: "vars",
      attributes: typeof value === "string" ? { key, value, category: "terraform" } : { key, ...(value as object) },
    }));
    return tfe.api("POST", `organizations/${tfe.organization}/varsets`, {
      data: {
        type: "varsets",
        attributes: { name: `set-${made++}`, global: false, ...given.attributes },
        relationships: { vars: { data: vars }, ...given.relationships },
      },
    });
  }

  const toWorkspaces = (...ids: string[]) => ({
    workspaces: { data: ids.map((id) => ({ type: "workspaces", id })) },
  });
  const toProjects = (...ids: string[]) => ({ projects: { data: ids.map((id) => ({ type: "projects", id })) } });
  const ownedBy = (id: string) => ({ parent: { data: { type: "projects", id } } });

  async function createProject(): Promise<string> {
    const body = { data: { type: "projects", attributes: { name: `project ${made++}` } } };
    return (await tfe.must("POST", `organizations/${tfe.organization}/projects`, body)).id as string;
  }

  async function createWorkspace(projectId?: string): Promise<string> {
    const project = projectId === undefined ? {} : { project: { data: { type: "projects", id: projectId } } };
    const { id } = await tfe.must("POST", `organizations/${tfe.organization}/workspaces`, {
      data: { type: "workspaces", attributes: { name: `ws-${made++}` }, relationships: project },
    });
    return id as string;
  }

  async function clear(): Promise<void> {
    for (const { id } of await tfe.must("GET", `organizations/${tfe.organization}/varsets?page[size]=100`)) {
      await tfe.api("DELETE", `varsets/${id}`);
    }
  }

  async function giveOwn(workspaceId: string, key: string, value: string): Promise<void> {
    await tfe.must("POST", `workspaces/${workspaceId}/vars`, {
      data: { type: "vars", attributes: { key, value, category: "terraform" } },
    });
  }

  async function valuesOf(workspaceId: string): Promise<Record<string, unknown>> {
    const all = await tfe.must("GET", `workspaces/${workspaceId}/all-vars`);
    return Object.fromEntries(all.map((item: any) => [item.attributes.key, item.attributes.value]));
  }

  it("give a run what applies to its workspace, environment and secrets too, and nothing else", async () => {
    await clear();
    const [mine, other] = [await createWorkspace(), await createWorkspace()];
    await createSet({
      attributes: { global: true },
      vars: { everywhere: "g", shared: "from the set", TF_LOG: { value: "debug", category: "env" } },
    });
    await createSet({
      relationships: toWorkspaces(mine),
      vars: { secret: { value: "swordfish", category: "terraform", sensitive: true } },
    });
    await createSet({ relationships: toWorkspaces(other), vars: { elsewhere: "x" } });
    await giveOwn(mine, "shared", "from the workspace");
    await tfe.createRun(mine);
    const job = await tfe.mustClaim();
    expect(Object.fromEntries(job.variables.map(({ key, value }) => [key, value]))).toEqual({
      everywhere: "g",
      shared: "from the workspace",
      secret: "swordfish",
    });
    expect(job.environment).toMatchObject({ TF_LOG: "debug" });
    expect(job.masked).toContain("swordfish");
    await tfe.complete(job, { outcome: "errored", message: "enough" });
  });

  it("with priority win over a workspace's own value and over one given with the run", async () => {
    await clear();
    const id = await createWorkspace();
    await createSet({ attributes: { global: true, priority: true }, vars: { region: "decided" } });
    await createSet({ relationships: toWorkspaces(id), vars: { size: "from a set" } });
    await giveOwn(id, "region", "wished");
    await tfe.createRun(id, {
      variables: [
        { key: "region", value: '"asked"' },
        { key: "size", value: '"asked"' },
      ],
    });
    const job = await tfe.mustClaim();
    expect(Object.fromEntries(job.variables.map(({ key, value }) => [key, value]))).toEqual({
      region: "decided",
      size: '"asked"',
    });
    await tfe.complete(job, { outcome: "errored", message: "enough" });
  });

  it("apply through the project, also to workspaces that come later, and end with the project they are moved out of", async () => {
    await clear();
    const [project, elsewhere] = [await createProject(), await createProject()];
    await createSet({ relationships: toProjects(project), vars: { team: "a" } });
    const id = await createWorkspace(project);
    expect(await valuesOf(id)).toEqual({ team: "a" });
    await tfe.must("PATCH", `workspaces/${id}`, {
      data: { type: "workspaces", relationships: { project: { data: { type: "projects", id: elsewhere } } } },
    });
    expect(await valuesOf(id)).toEqual({});
  });

  it("that a project owns win over the organization's, and go nowhere else", async () => {
    await clear();
    const [project, elsewhere] = [await createProject(), await createProject()];
    const id = await createWorkspace(project);
    await createSet({ relationships: toWorkspaces(id), vars: { region: "organization" } });
    const owned = await createSet({
      relationships: { ...ownedBy(project), ...toProjects(project) },
      vars: { region: "project" },
    });
    expect(owned.json.data.relationships.parent.data).toEqual({ type: "projects", id: project });
    expect(await valuesOf(id)).toEqual({ region: "project" });
    const refused = await createSet({ relationships: { ...ownedBy(project), ...toProjects(elsewhere) } });
    expect([refused.status, refused.json.errors[0].code]).toEqual([422, "variable_set_elsewhere"]);
    const global = await createSet({ attributes: { global: true }, relationships: ownedBy(project) });
    expect([global.status, global.json.errors[0].code]).toEqual([422, "variable_set_global"]);
  });

  it("that are both global never give the same key, however they come to it", async () => {
    await clear();
    await createSet({ attributes: { global: true }, vars: { region: "a" } });
    const second = await createSet({ attributes: { global: true }, vars: { region: "b" } });
    expect([second.status, second.json.errors[0].code]).toEqual([422, "global_key_taken"]);
    const local = (await createSet({ vars: { region: "b" } })).json.data;
    const widened = await tfe.api("PATCH", `varsets/${local.id}`, {
      data: { type: "varsets", attributes: { global: true } },
    });
    expect(widened.status).toBe(422);
    const empty = (await createSet({ attributes: { global: true } })).json.data;
    const added = await tfe.api("POST", `varsets/${empty.id}/relationships/vars`, {
      data: { type: "vars", attributes: { key: "region", value: "c", category: "terraform" } },
    });
    expect(added.status).toBe(422);
    expect(await tfe.must("GET", `varsets/${empty.id}/relationships/vars`)).toEqual([]);
    const otherCategory = await tfe.api("POST", `varsets/${empty.id}/relationships/vars`, {
      data: { type: "vars", attributes: { key: "region", value: "c", category: "env" } },
    });
    expect(otherCategory.status).toBe(201);
  });

  it("are applied to more and to fewer, and replaced as a whole", async () => {
    await clear();
    const [a, b, project] = [await createWorkspace(), await createWorkspace(), await createProject()];
    const { id } = (await createSet()).json.data;
    const members = async () => {
      const { relationships } = await tfe.must("GET", `varsets/${id}`);
      const ids = (name: string) => relationships[name].data.map((stub: any) => stub.id as string).sort();
      return { workspaces: ids("workspaces"), projects: ids("projects") };
    };
    const stub = (type: string, target: string) => ({ data: [{ type, id: target }] });
    for (const target of [a, b, a]) {
      await tfe.must("POST", `varsets/${id}/relationships/workspaces`, stub("workspaces", target));
    }
    await tfe.must("POST", `varsets/${id}/relationships/projects`, stub("projects", project));
    expect(await members()).toEqual({ workspaces: [a, b].sort(), projects: [project] });
    await tfe.must("DELETE", `varsets/${id}/relationships/workspaces`, stub("workspaces", a));
    expect(await members()).toEqual({ workspaces: [b], projects: [project] });
    await tfe.must("PATCH", `varsets/${id}`, {
      data: { type: "varsets", relationships: { ...toWorkspaces(a), projects: { data: [] } } },
    });
    expect(await members()).toEqual({ workspaces: [a], projects: [] });
    const { included } = (await tfe.api("GET", `organizations/${tfe.organization}/varsets?include=workspaces`)).json;
    expect(included.map((one: any) => one.id)).toContain(a);
    expect((await tfe.must("GET", `workspaces/${a}/varsets`)).map((set: any) => set.id)).toEqual([id]);
    expect((await tfe.must("GET", `workspaces/${b}/applicable-varsets`)).map((set: any) => set.id)).toEqual([id]);
    expect(await tfe.must("GET", `projects/${project}/varsets`)).toEqual([]);
    const nowhere = await tfe.api(
      "POST",
      `varsets/${id}/relationships/workspaces`,
      stub("workspaces", "ws-aaaaaaaaaaaaaaaa"),
    );
    expect(nowhere.status).toBe(404);
  });

  it("are listed by page and by a part of the name", async () => {
    await clear();
    for (const name of ["aws prod", "aws test", "gcp"]) await createSet({ attributes: { name } });
    const page = await tfe.api("GET", `organizations/${tfe.organization}/varsets?page[number]=2&page[size]=2`);
    expect(page.json.data.map((set: any) => set.attributes.name)).toEqual(["gcp"]);
    expect(page.json.meta.pagination).toMatchObject({ "current-page": 2, "total-count": 3 });
    const found = await tfe.must("GET", `organizations/${tfe.organization}/varsets?q=AWS`);
    expect(found.map((set: any) => set.attributes.name)).toEqual(["aws prod", "aws test"]);
    const taken = await createSet({ attributes: { name: "gcp" } });
    expect([taken.status, taken.json.errors[0].detail]).toEqual([422, "Name has already been taken"]);
  });

  it("never show a sensitive value, and change their version with every change", async () => {
    await clear();
    const { id } = (await createSet()).json.data;
    const path = `varsets/${id}/relationships/vars`;
    const created = await tfe.must("POST", path, {
      data: { type: "vars", attributes: { key: "token", value: "swordfish", category: "env", sensitive: true } },
    });
    const changed = await tfe.must("PATCH", `${path}/${created.id}`, { data: { type: "vars", attributes: {} } });
    expect(changed.attributes["version-id"]).not.toBe(created.attributes["version-id"]);
    for (const shown of [created, changed, await tfe.must("GET", `${path}/${created.id}`)]) {
      expect(JSON.stringify(shown)).not.toContain("swordfish");
    }
    const [row] = await server.db
      .selectFrom("variable_set_variables")
      .select("value")
      .where("id", "=", created.id)
      .execute();
    expect(row?.value).not.toContain("swordfish");
    const readable = await tfe.api("PATCH", `${path}/${created.id}`, {
      data: { type: "vars", attributes: { sensitive: false } },
    });
    expect(readable.status).toBe(422);
    const renamed = await tfe.api("PATCH", `${path}/${created.id}`, {
      data: { type: "vars", attributes: { key: "printed" } },
    });
    expect(renamed.status).toBe(422);
  });

  it("refuses stacks, which this server has none of", async () => {
    const refused = await createSet({ relationships: { stacks: { data: [{ type: "stacks", id: "st-1" }] } } });
    expect([refused.status, refused.json.errors[0].code]).toEqual([422, "not_supported"]);
  });
});
