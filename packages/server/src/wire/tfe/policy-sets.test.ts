import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("policies and policy sets of the Terraform plane on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let count = 0;

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database);
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const post = (what: "policies" | "policy-sets", attributes: Record<string, unknown>, relationships: object = {}) =>
    tfe.api("POST", `organizations/${tfe.organization}/${what}`, {
      data: { type: what, attributes: { name: `n${++count}`, ...attributes }, relationships },
    });
  const create = async (...of: Parameters<typeof post>) => {
    const made = await post(...of);
    expect(made.status).toBe(201);
    return made.json.data;
  };
  const put = (path: string, body?: Buffer, type = "application/octet-stream") =>
    server.fetch(`/api/v2/${path}`, {
      method: "PUT",
      headers: { ...server.admin, ...(body === undefined ? {} : { "content-type": type }) },
      ...(body === undefined ? {} : { body }),
    });
  const data = (...ids: string[]) => ({ data: ids.map((id) => ({ id, type: "any" })) });

  it("a policy has its level in both ways, once it has code, which comes back byte by byte", async () => {
    const enforce = [{ path: `n${count + 1}.rego`, mode: "mandatory" }];
    const made = await create("policies", { kind: "opa", query: "data.a.deny", enforce });
    expect(made.attributes).toMatchObject({ "enforcement-level": "mandatory", enforce: [], "policy-set-count": 0 });
    const path = `policies/${made.id}`;
    expect((await tfe.api("GET", `${path}/download`)).status).toBe(404);
    const code = Buffer.from("package a\n# é\n");
    expect((await put(`${path}/upload`, code)).status).toBe(200);
    expect((await tfe.api("GET", `${path}/download`)).text).toBe(code.toString());
    expect((await tfe.must("GET", path)).attributes.enforce).toEqual(enforce);
    expect((await put(`${path}/upload`)).status).toBe(200);
    expect((await tfe.api("GET", `${path}/download`)).text).toBe("");
    expect((await put(`${path}/upload`, Buffer.alloc(10 * 1024 * 1024 + 1))).status).toBe(413);
    const changed = await tfe.must("PATCH", path, {
      data: { type: "policies", attributes: { "enforcement-level": "advisory" } },
    });
    expect(changed.attributes["enforcement-level"]).toBe("advisory");
    await tfe.must("DELETE", path);
    expect((await tfe.api("GET", path)).status).toBe(404);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["an OPA policy without a query", { kind: "opa" }, "policy_query"],
    [
      "an OPA policy with a level of Sentinel",
      { kind: "opa", query: "data.a", "enforcement-level": "soft-mandatory" },
      "policy_level",
    ],
    ["a Sentinel policy with a level of OPA", { "enforcement-level": "mandatory" }, "policy_level"],
    ["a name with a slash", { name: "a/b" }, "policy_name"],
    ["a path of another policy", { enforce: [{ path: "other.sentinel", mode: "advisory" }] }, "policy_enforce"],
  ])("%s is refused", async (_what, attributes, code) => {
    const refused = await post("policies", attributes);
    expect([refused.status, refused.json.errors[0].code]).toEqual([422, code]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["from a repository", { "vcs-repo": { identifier: "a/b" } }, "vcs-repo"],
    ["with a path in a repository", { "policies-path": "/x" }, "policies-path"],
    ["by tags", { "tag-selectors": [{ key: "a" }] }, "tag-selectors"],
    ["evaluated by another OPA", { kind: "opa", "policy-tool-version": "0.44.0" }, "Policy tool version"],
  ])("a policy set %s is refused by name", async (_what, attributes, said) => {
    const refused = await post("policy-sets", attributes);
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].detail).toContain(said);
  });

  it("a policy set has its members and its places, and gives them back", async () => {
    const policy = await create("policies", { kind: "opa", query: "data.a" });
    const sentinel = await create("policies", {});
    const [one, two] = [await tfe.createWorkspace(`ws${++count}`), await tfe.createWorkspace(`ws${++count}`)];
    const project = one.relationships.project.data.id;
    const set = await create(
      "policy-sets",
      { kind: "opa" },
      { policies: data(policy.id), workspaces: data(one.id), "workspace-exclusions": data(two.id) },
    );
    expect(set.attributes).toMatchObject({
      overridable: false,
      "policy-count": 1,
      "workspace-count": 1,
      "project-count": 0,
      versioned: false,
    });
    const path = `policy-sets/${set.id}`;
    expect((await tfe.api("POST", `${path}/relationships/projects`, data(project))).status).toBe(204);
    expect((await tfe.api("POST", `${path}/relationships/workspaces`, data(one.id, two.id))).status).toBe(204);
    const { json } = await tfe.api("GET", `${path}?include=workspaces,policies`);
    expect(json.data.attributes).toMatchObject({ "workspace-count": 2, "project-count": 1 });
    expect(json.included.map((it: any) => it.type).sort()).toEqual(["policies", "workspaces", "workspaces"]);
    expect((await tfe.must("GET", `policies/${policy.id}`)).attributes["policy-set-count"]).toBe(1);

    for (const [kindOf, id, code] of [
      ["policies", sentinel.id, "policy_set_kind"],
      ["workspaces", "ws-aaaaaaaaaaaaaaaa", "policy_set_member"],
      ["projects", "prj-aaaaaaaaaaaaaaaa", "policy_set_member"],
    ] as const) {
      const refused = await tfe.api("POST", `${path}/relationships/${kindOf}`, data(id));
      expect([refused.status, refused.json.errors[0].code]).toEqual([422, code]);
    }
    // Everywhere is no place.
    const global = await tfe.must("PATCH", path, { data: { type: "policy-sets", attributes: { global: true } } });
    expect(global.relationships).not.toHaveProperty("workspaces");
    expect(global.relationships["workspace-exclusions"].data).toHaveLength(1);
    const refused = await tfe.api("POST", `${path}/relationships/workspaces`, data(one.id));
    expect([refused.status, refused.json.errors[0].code]).toEqual([422, "policy_set_global"]);
    await tfe.must("DELETE", `${path}/relationships/workspace-exclusions`, data(two.id));
    await tfe.must("DELETE", `${path}/relationships/policies`, data(policy.id));
    expect((await tfe.must("GET", path)).attributes["policy-count"]).toBe(0);
    await tfe.must("DELETE", path);
    expect((await tfe.api("DELETE", path)).status).toBe(404);
  });

  it("policy sets are listed by name, and found by a part of it, by kind and by whether they have versions", async () => {
    const find = async (query: string) => {
      const { json } = await tfe.api("GET", `organizations/${tfe.organization}/policy-sets?page[size]=100&${query}`);
      return json.data.map((one: any) => one.attributes.name) as string[];
    };
    await create("policy-sets", { name: "zz_guard", kind: "opa" });
    await create("policy-sets", { name: "zz-guard" });
    expect(await find("search[name]=zz_G")).toEqual(["zz_guard"]);
    expect(await find("search[name]=zz")).toEqual(["zz-guard", "zz_guard"]);
    expect(await find("search[name]=zz&filter[kind]=opa")).toEqual(["zz_guard"]);
    expect(await find("search[name]=zz&filter[versioned]=true")).toEqual([]);
    const far = await tfe.api("GET", `organizations/${tfe.organization}/policy-sets?page[number]=999`);
    expect(far.json).toMatchObject({ data: [], meta: { pagination: { "current-page": 999 } } });
    expect((await post("policy-sets", { name: "zz-guard" })).json.errors[0].code).toBe("name_taken");
  });

  it("a parameter that is sensitive is shown to nobody, and stays so", async () => {
    const set = await create("policy-sets", { kind: "opa" });
    const path = `policy-sets/${set.id}/parameters`;
    const body = (attributes: object) => ({
      data: { type: "vars", attributes: { category: "policy-set", ...attributes } },
    });
    const secret = await tfe.must("POST", path, body({ key: "token", value: "tell-nobody", sensitive: true }));
    expect(secret.attributes).toEqual({ key: "token", value: null, category: "policy-set", sensitive: true });
    await tfe.must("POST", path, body({ key: "plain" }));
    const listed = await tfe.api("GET", path);
    expect(listed.json.data.map((one: any) => one.attributes.key)).toEqual(["plain", "token"]);
    expect(listed.text).not.toContain("tell-nobody");
    expect((await tfe.api("POST", path, body({ key: "plain" }))).status).toBe(422);
    expect((await tfe.api("POST", path, body({ key: "" }))).status).toBe(422);
    expect((await tfe.api("PATCH", `${path}/${secret.id}`, body({ sensitive: false }))).status).toBe(422);
    expect((await tfe.must("PATCH", `${path}/${secret.id}`, body({ value: "new" }))).attributes.value).toBeNull();
    await tfe.must("DELETE", `${path}/${secret.id}`);
    expect((await tfe.api("GET", `${path}/${secret.id}`)).status).toBe(404);
  });
});
