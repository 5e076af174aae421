import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newUuid } from "../../platform/ids.ts";
import { databasesUnderTest } from "../../testing/index.ts";
import { startIam, type IamUnderTest } from "./testing/iam-under-test.ts";

describe.each(databasesUnderTest())("service principals on $name", (kind) => {
  let iam: IamUnderTest;
  beforeAll(async () => {
    iam = await startIam(kind, { "service-principals-max": 12 });
  });
  afterAll(() => iam.close());

  // As clients write resource names in paths: with their slashes escaped.
  const at = (name: string, below = "") => `/2019-12-10/${encodeURIComponent(name)}${below}`;
  const project = () => `iam/project/${iam.projectId}`;
  const organization = () => `iam/organization/${iam.organizationId}`;
  const create = (parent: string, name: string, as?: string) =>
    iam.call("POST", at(parent, "/service-principals"), { name }, as);

  async function aPrincipal(name: string, parent = project()): Promise<any> {
    const answer = await create(parent, name);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.json));
    return answer.json.service_principal;
  }

  const newKey = (principal: any): Promise<any> => iam.must("POST", at(principal.resource_name, "/keys"));

  async function signIn(key: any): Promise<{ status: number; token: string }> {
    const answer = await iam.server.fetch("/oauth2/token", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: key.key.client_id,
        client_secret: key.client_secret,
      }).toString(),
    });
    return { status: answer.status, token: answer.json.access_token };
  }

  const whoAmI = (token: string) => iam.call("GET", "/iam/2019-12-10/caller-identity", undefined, token);

  it("are made in a project or in the organization, with the names that clients take apart", async () => {
    const inProject = await aPrincipal("life");
    expect(inProject).toEqual({
      id: expect.any(String),
      name: "life",
      organization_id: iam.organizationId,
      project_id: iam.projectId,
      resource_name: `iam/project/${iam.projectId}/service-principal/life`,
      created_at: expect.stringMatching(/Z$/),
    });
    const inOrganization = await aPrincipal("life", organization());
    expect(inOrganization).toMatchObject({
      project_id: "",
      resource_name: `iam/organization/${iam.organizationId}/service-principal/life`,
    });
    for (const path of [at(inProject.resource_name), `/2019-12-10/${inProject.resource_name}`]) {
      expect((await iam.call("GET", path)).json).toEqual({ service_principal: inProject, keys: [] });
    }
    for (const { resource_name: name } of [inProject, inOrganization]) {
      expect(await iam.call("DELETE", at(name))).toMatchObject({ status: 200, json: {} });
      for (const method of ["GET", "DELETE"]) {
        expect(await iam.call(method, at(name))).toMatchObject({ status: 404, json: { code: 5 } });
      }
    }
  });

  it("are named once for each parent, also when several ask at the same moment", async () => {
    const answers = await Promise.all([1, 2, 3].map(() => create(project(), "racing")));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.json.code).toBe(6);
    const other = `iam/project/${iam.otherProjectId}`;
    expect((await create(other, "racing")).status).toBe(200);
    expect((await create(organization(), "racing")).status).toBe(200);
    for (const name of ["ab", "x".repeat(37), "-ab", "a b c", "a/b", "åbc"]) {
      expect(await create(project(), name)).toMatchObject({ status: 400, json: { code: 3 } });
    }
    for (const parent of [project(), other, organization()])
      await iam.must("DELETE", at(`${parent}/service-principal/racing`));
  });

  it("may do nothing until somebody gives them a role", async () => {
    const principal = await aPrincipal("powerless");
    const { status, token } = await signIn(await newKey(principal));
    expect(status).toBe(200);
    expect((await whoAmI(token)).json.principal).toMatchObject({
      id: principal.id,
      type: "PRINCIPAL_TYPE_SERVICE",
      service: { resource_name: principal.resource_name },
    });
    expect(
      (await iam.call("GET", `/resource-manager/2019-12-10/projects/${iam.projectId}`, undefined, token)).status,
    ).toBe(403);
    await iam.must("DELETE", at(principal.resource_name));
  });

  it("show the secret of a key once, and store no more than its hash", async () => {
    const principal = await aPrincipal("secretive");
    const made = await newKey(principal);
    expect(made).toEqual({
      key: {
        client_id: expect.any(String),
        resource_name: `${principal.resource_name}/key/${made.key.client_id}`,
        state: "ACTIVE",
        created_at: expect.stringMatching(/Z$/),
      },
      client_secret: expect.any(String),
    });
    expect((await iam.must("GET", at(principal.resource_name))).keys).toEqual([made.key]);
    const rows = await iam.server.db.selectFrom("service_principal_keys").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(made.client_secret);
    await iam.must("DELETE", at(principal.resource_name));
  });

  it("have two keys at most, however many are asked for at once", async () => {
    const principal = await aPrincipal("two-keys");
    const path = at(principal.resource_name, "/keys");
    // Older clients announce JSON and send nothing.
    const announced = await iam.server.fetch(path, {
      method: "POST",
      headers: { ...iam.server.admin, "content-type": "application/json" },
    });
    expect(announced.status).toBe(200);
    const answers = await Promise.all([1, 2, 3].map(() => iam.call("POST", path)));
    expect(answers.map(({ status, json }) => `${status} ${json.code ?? ""}`).sort()).toEqual([
      "200 ",
      "400 9",
      "400 9",
    ]);
    const { keys } = await iam.must("GET", at(principal.resource_name));
    await iam.must("DELETE", at(keys[0].resource_name));
    expect(await iam.call("DELETE", at(keys[0].resource_name))).toMatchObject({ status: 404, json: { code: 5 } });
    expect((await iam.call("POST", path)).status).toBe(200);
    await iam.must("DELETE", at(principal.resource_name));
  });

  it("lose their tokens at once with the key, and all of them with themselves", async () => {
    const principal = await aPrincipal("revoked");
    const keys = [await newKey(principal), await newKey(principal)];
    const tokens = [await signIn(keys[0]), await signIn(keys[1])].map(({ token }) => token);
    await iam.must("DELETE", at(keys[0].key.resource_name));
    expect((await signIn(keys[0])).status).toBe(401);
    expect((await whoAmI(tokens[0] as string)).status).toBe(401);
    expect((await whoAmI(tokens[1] as string)).status).toBe(200);
    await iam.must("DELETE", at(principal.resource_name));
    expect((await whoAmI(tokens[1] as string)).status).toBe(401);
    expect((await signIn(keys[1])).status).toBe(401);
  });

  it("take no key with them into the grave, nor leave one behind, when both happen at once", async () => {
    for (let round = 0; round < 5; round++) {
      const principal = await aPrincipal(`grave-${round}`);
      const [key, deletion] = await Promise.all([
        iam.call("POST", at(principal.resource_name, "/keys")),
        iam.call("DELETE", at(principal.resource_name)),
      ]);
      expect(deletion.status).toBe(200);
      expect([200, 404]).toContain(key.status);
      if (key.status === 200) expect((await signIn(key.json)).status).toBe(401);
      const left = await iam.server.db
        .selectFrom("service_principal_keys")
        .selectAll()
        .where("principal_id", "=", principal.id)
        .execute();
      expect(left).toEqual([]);
    }
  });

  it("delete no key of another principal by its id", async () => {
    const [one, two] = [await aPrincipal("key-one"), await aPrincipal("key-two")];
    const { key } = await newKey(one);
    expect(await iam.call("DELETE", at(`${two.resource_name}/key/${key.client_id}`))).toMatchObject({ status: 404 });
    expect((await iam.must("GET", at(one.resource_name))).keys).toHaveLength(1);
    for (const principal of [one, two]) await iam.must("DELETE", at(principal.resource_name));
  });

  it("are listed a page at a time, those of one parent", async () => {
    for (const name of ["page-c", "page-a", "page-b"]) await aPrincipal(name);
    const list = (query: string) => iam.must("GET", at(project(), `/service-principals?${query}`));
    const first = await list("pagination.page_size=2");
    expect(first.service_principals.map((p: any) => p.name)).toEqual(["page-a", "page-b"]);
    const rest = await list(`pagination.page_size=2&pagination.next_page_token=${first.pagination.next_page_token}`);
    expect(rest.service_principals.map((p: any) => p.name)).toEqual(["page-c"]);
    expect(rest.pagination.next_page_token).toBe("");
    const elsewhere = at(
      organization(),
      `/service-principals?pagination.next_page_token=${first.pagination.next_page_token}`,
    );
    expect((await iam.call("GET", elsewhere)).status).toBe(400);
    for (const name of ["page-a", "page-b", "page-c"])
      await iam.must("DELETE", at(`${project()}/service-principal/${name}`));
  });

  it("are as many as the operator allows", async () => {
    for (let n = 0; n < 12; n++) await aPrincipal(`quota-${n}`);
    expect(await create(project(), "one-more")).toMatchObject({
      status: 400,
      json: { code: 9, message: expect.stringContaining("service-principals-max") },
    });
    for (let n = 0; n < 12; n++) await iam.must("DELETE", at(`${project()}/service-principal/quota-${n}`));
  });

  describe("of others", () => {
    it("are hidden as if they did not exist, whoever the parent is", async () => {
      const principal = await aPrincipal("hidden");
      const { foreign, tokens } = iam;
      const missing = newUuid();
      const cases: [string, string, string][] = [
        [`iam/project/${foreign.projectId}`, tokens.admin, `iam/project/${missing}`],
        [`iam/organization/${foreign.organizationId}`, tokens.admin, `iam/organization/${missing}`],
        [project(), tokens.foreign, `iam/project/${missing}`],
        [project(), tokens.elsewhere, `iam/project/${missing}`],
      ];
      for (const [parent, as, nowhere] of cases) {
        for (const [method, below, body] of [
          ["GET", "/service-principals", undefined],
          ["POST", "/service-principals", { name: "smuggled" }],
          ["GET", "/service-principal/hidden", undefined],
          ["DELETE", "/service-principal/hidden", undefined],
          ["POST", "/service-principal/hidden/keys", undefined],
          ["DELETE", "/service-principal/hidden/key/x", undefined],
        ] as const) {
          const hidden = await iam.call(method, `/2019-12-10/${parent}${below}`, body, as);
          const absent = await iam.call(method, `/2019-12-10/${nowhere}${below}`, body, as);
          expect(hidden, `${method} ${below}`).toMatchObject({ status: 404, json: { code: 5 } });
          const idOf = (name: string) => name.split("/").at(-1) as string;
          expect(hidden.json.message.replace(idOf(parent), "")).toBe(absent.json.message.replace(idOf(nowhere), ""));
        }
      }
      expect((await iam.must("GET", at(principal.resource_name))).keys).toEqual([]);
      await iam.must("DELETE", at(principal.resource_name));
    });

    it("are made and changed by administrators alone", async () => {
      const principal = await aPrincipal("guarded");
      for (const as of [iam.tokens.contributor, iam.tokens.viewer]) {
        expect(await create(project(), "by-others", as)).toMatchObject({ status: 403, json: { code: 7 } });
        expect((await iam.call("POST", at(principal.resource_name, "/keys"), undefined, as)).status).toBe(403);
        expect((await iam.call("DELETE", at(principal.resource_name), undefined, as)).status).toBe(403);
      }
      expect((await create(organization(), "by-one-project", iam.tokens.elsewhere)).status).toBe(403);
      await iam.must("DELETE", at(principal.resource_name));
    });
  });
});
