import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken } from "../../features/access/index.ts";
import { insertPrincipal } from "../../features/principals/index.ts";
import { insertProject } from "../../features/projects/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";

const rm = "/resource-manager/2019-12-10";

describe.each(databasesUnderTest())("policies on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let packer: string;
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database);
    packer = `/packer/2023-01-01/organizations/${server.organizationId}/projects/${server.projectId}`;
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  async function call(method: string, path: string, body?: unknown, token = server.bootstrap.admin.token) {
    return server.fetch(path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  let made = 0;
  async function aServicePrincipal(place: { projectId?: string | null; role?: "admin" | "viewer" } = {}) {
    const { organizationId } = server;
    const principal = await insertPrincipal(
      server.db,
      { kind: "service_principal", organizationId, projectId: null, name: `sp-${made++}`, ...place },
      0,
    );
    const token = { organizationId, projectId: null, principalId: principal.id, name: "test", expiresAt: null };
    return { id: principal.id, token: await createToken(server.db, token, 0) };
  }

  const aProject = async () =>
    (await insertProject(server.db, { organizationId: server.organizationId, name: `project ${made++}` }, 0)).id;
  const aBucket = async () => {
    const name = `bucket-${made++}`;
    expect((await call("PUT", `${packer}/buckets`, { name })).status).toBe(200);
    return name;
  };
  const member = (id: string, type = "SERVICE_PRINCIPAL") => ({ member_type: type, member_id: id });
  const bucketName = (name: string) => `packer/project/${server.projectId}/bucket/${name}`;
  const bucketPolicy = "/2019-12-10/resource-manager/resources/iam-policy";
  const setBucket = (name: string, policy: unknown, token?: string) =>
    call("PUT", bucketPolicy, { resource_name: bucketName(name), policy }, token);
  const getBucketPolicy = (name: string, token?: string) =>
    call("GET", `${bucketPolicy}?resource_name=${encodeURIComponent(bucketName(name))}`, undefined, token);

  it("are empty until they are set, keep their order and their etag, and change it with every set", async () => {
    const path = `${rm}/projects/${await aProject()}/iam-policy`;
    expect((await call("GET", path)).json).toEqual({ policy: { bindings: [], etag: "" } });
    const [a, b] = [await aServicePrincipal(), await aServicePrincipal()];
    const bindings = [
      { role_id: "roles/viewer", members: [member(b.id), member(a.id)] },
      { role_id: "roles/contributor", members: [member(a.id)] },
    ];
    const first = (await call("PUT", path, { policy: { bindings, etag: "" } })).json.policy;
    expect(first).toEqual({ bindings, etag: expect.stringMatching(/./) });
    expect((await call("GET", path)).json.policy).toEqual(first);
    const second = (await call("PUT", path, { policy: { bindings: null, etag: first.etag } })).json.policy;
    expect(second.bindings).toEqual([]);
    expect(second.etag).not.toBe(first.etag);
    expect(await call("PUT", path, { policy: { bindings, etag: first.etag } })).toMatchObject({
      status: 409,
      json: { code: 10 },
    });
  });

  it("lose no change when many are written at once", async () => {
    const path = `${rm}/projects/${await aProject()}/iam-policy`;
    const { id } = await aServicePrincipal();
    const policy = { bindings: [{ role_id: "roles/viewer", members: [member(id)] }], etag: "" };
    const answers = await Promise.all(Array.from({ length: 5 }, () => call("PUT", path, { policy })));
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409, 409, 409]);
  });

  it("fold a role that is given twice, and find out what a member without a type is", async () => {
    const path = `${rm}/projects/${await aProject()}/iam-policy`;
    const { id } = await aServicePrincipal();
    const twice = { role_id: "roles/admin", members: [{ member_id: id }] };
    const { json } = await call("PUT", path, { policy: { bindings: [twice, twice], etag: "" } });
    expect(json.policy.bindings).toEqual([{ role_id: "roles/admin", members: [member(id)] }]);
  });

  it.each([
    ["a role that does not exist", { role_id: "roles/emperor" }, "roles/viewer"],
    ["a role of a service that is not here", { role_id: "roles/iam.sso-admin" }, "single sign-on"],
    ["a role that is given elsewhere", { role_id: "roles/owner" }, "organization"],
    ["a member that does not exist", { members: [{ member_type: "USER", member_id: "user-x" }] }, "user-x"],
    ["a type that does not exist", { members: [{ member_type: "ROBOT", member_id: "x" }] }, "SERVICE_PRINCIPAL"],
  ])("refuse %s, and say what would do", async (_what, binding, said) => {
    const path = `${rm}/projects/${server.projectId}/iam-policy`;
    const { id } = await aServicePrincipal();
    const bindings = [{ role_id: "roles/viewer", members: [member(id)], ...binding }];
    const answer = await call("PUT", path, { policy: { bindings, etag: "" } });
    expect(answer).toMatchObject({ status: 400, json: { code: 3 } });
    expect(answer.json.message).toContain(said);
  });

  it("never name what belongs to another organization, nor more than 1000 members", async () => {
    const path = `${rm}/projects/${await aProject()}/iam-policy`;
    const members = Array.from({ length: 1001 }, (_, i) => member(`sp-${i}`));
    const answer = await call("PUT", path, { policy: { bindings: [{ role_id: "roles/viewer", members }], etag: "" } });
    expect(answer).toMatchObject({ status: 400, json: { code: 3 } });
    expect(answer.json.message).toContain("1000");
  });

  it("always leave the organization somebody who administers it", async () => {
    const path = `${rm}/organizations/${server.organizationId}/iam-policy`;
    const { policy } = (await call("GET", path)).json;
    expect(policy.bindings[0].role_id).toBe("roles/admin");
    const { id } = await aServicePrincipal();
    const bindings = [{ role_id: "roles/viewer", members: [member(id)] }];
    const owners = await server.db.selectFrom("team_members").selectAll().execute();
    await server.db.deleteFrom("team_members").execute();
    expect(await call("PUT", path, { policy: { bindings, etag: policy.etag } })).toMatchObject({
      status: 400,
      json: { code: 9 },
    });
    expect((await call("GET", path)).json.policy).toEqual(policy);
    // Whoever is in the team of the owners goes on owning it.
    await server.db.insertInto("team_members").values(owners).execute();
    const { etag } = (await call("PUT", path, { policy: { bindings, etag: policy.etag } })).json.policy;
    expect((await call("PUT", path, { policy: { ...policy, etag } })).status).toBe(200);
  });

  describe("of a bucket", () => {
    it("let a principal with nothing else push to it, and see nothing else", async () => {
      const [mine, theirs] = [await aBucket(), await aBucket()];
      const { id, token } = await aServicePrincipal();
      expect((await call("GET", `${packer}/buckets/${mine}`, undefined, token)).status).toBe(403);
      const bindings = [{ role_id: "roles/contributor", members: [member(id)] }];
      expect((await setBucket(mine, { bindings, etag: "" })).status).toBe(200);
      expect((await call("GET", `${packer}/buckets/${mine}`, undefined, token)).status).toBe(200);
      const version = `${packer}/buckets/${mine}/versions`;
      expect((await call("POST", version, { fingerprint: "fp" }, token)).status).toBe(200);
      const build = { component_type: "null.x", status: "BUILD_UNSET" };
      const { json } = await call("POST", `${version}/fp/builds`, build, token);
      const change = { status: "BUILD_RUNNING" };
      expect((await call("PATCH", `${version}/fp/builds/${json.build.id}`, change, token)).status).toBe(200);
      const listed = (await call("GET", `${packer}/buckets`, undefined, token)).json.buckets;
      expect(listed.map((bucket: { name: string }) => bucket.name)).toEqual([mine]);
      for (const name of [theirs, "nothing"]) {
        expect(await call("GET", `${packer}/buckets/${name}`, undefined, token)).toMatchObject({
          status: 404,
          json: { code: 5 },
        });
      }
      const hidden = (await call("POST", `${packer}/buckets/${theirs}/versions`, { fingerprint: "fp" })).json.version
        .id;
      const child = { status: "BUILD_RUNNING", platform: "x", parent_version_id: hidden };
      const refused = await call("PATCH", `${version}/fp/builds/${json.build.id}`, child, token);
      expect(refused).toMatchObject({ status: 404, json: { code: 5 } });
      const found = (await call("GET", "/api/v1/search?q=bucket-", undefined, token)).json.results;
      expect(found.map((result: { bucket: string }) => result.bucket)).toEqual([mine]);
      expect((await call("GET", `${rm}/projects`, undefined, token)).json.projects).toHaveLength(1);
      expect((await call("GET", "/api/v1/events", undefined, token)).json.events).toEqual([]);
    });

    it("do not say who may do what in it to its own administrators", async () => {
      const name = await aBucket();
      const { id, token } = await aServicePrincipal();
      const bindings = [{ role_id: "roles/admin", members: [member(id)] }];
      await setBucket(name, { bindings, etag: "" });
      expect((await getBucketPolicy(name, token)).status).toBe(403);
      const project = await aServicePrincipal({ projectId: server.projectId, role: "admin" });
      expect((await getBucketPolicy(name, project.token)).json.policy.bindings).toEqual(bindings);
    });

    it("end with it: one of the same name begins without", async () => {
      const name = await aBucket();
      const { id, token } = await aServicePrincipal();
      await setBucket(name, { bindings: [{ role_id: "roles/viewer", members: [member(id)] }], etag: "" });
      await call("DELETE", `${packer}/buckets/${name}`);
      await call("PUT", `${packer}/buckets`, { name });
      expect((await getBucketPolicy(name)).json.policy).toEqual({ bindings: [], etag: "" });
      expect((await call("GET", `${packer}/buckets/${name}`, undefined, token)).status).toBe(403);
    });

    it("open its restricted channels to contributors of it, and to nobody who may only read", async () => {
      const name = await aBucket();
      const [writer, reader] = [await aServicePrincipal(), await aServicePrincipal()];
      await setBucket(name, {
        bindings: [
          { role_id: "roles/contributor", members: [member(writer.id)] },
          { role_id: "roles/viewer", members: [member(reader.id)] },
        ],
        etag: "",
      });
      const channels = `${packer}/buckets/${name}/channels`;
      expect((await call("GET", channels, undefined, reader.token)).json.channels).toEqual([]);
      expect((await call("GET", channels, undefined, writer.token)).json.channels).toHaveLength(1);
      const hidden = await call("GET", `${channels}/latest`, undefined, reader.token);
      expect(hidden).toMatchObject({ status: 403, json: { code: 7 } });
      expect(hidden.json.message).toContain("latest");
      expect((await call("GET", `${channels}/latest`, undefined, writer.token)).status).toBe(200);
    });
  });

  it("of a group give its members what it holds, and end with it", async () => {
    const name = await aBucket();
    const { id, token } = await aServicePrincipal();
    const { organizationId, db } = server;
    const group = {
      id: "iam.group:devs",
      organization_id: organizationId,
      name: "devs",
      display_name: "devs",
      description: "",
      scim_synchronized: 0,
      created_at: 0,
      updated_at: 0,
    };
    await db.insertInto("groups").values(group).execute();
    await db.insertInto("group_members").values({ group_id: group.id, principal_id: id, position: 0 }).execute();
    const bindings = [{ role_id: "roles/viewer", members: [member(group.id, "GROUP")] }];
    expect((await setBucket(name, { bindings, etag: "" })).json.policy.bindings).toEqual(bindings);
    expect((await call("GET", `${packer}/buckets/${name}`, undefined, token)).status).toBe(200);
    const own = `iam/organization/${organizationId}/group/devs`;
    const managers = [{ role_id: "roles/iam.group-manager", members: [member(id)] }];
    expect((await call("PUT", bucketPolicy, { resource_name: own, policy: { bindings: managers } })).status).toBe(200);
    await db.deleteFrom("groups").where("id", "=", group.id).execute();
    expect((await call("GET", `${packer}/buckets/${name}`, undefined, token)).status).toBe(403);
    expect((await getBucketPolicy(name)).json.policy.bindings).toEqual([]);
  });

  it("are made of roles that can be listed, each with where it can be given", async () => {
    const base = `${rm}/organizations/${server.organizationId}/roles`;
    const { roles } = (await call("GET", base)).json;
    expect(roles.map((role: { id: string }) => role.id)).toContain("roles/contributor");
    expect((await call("GET", `${base}/admin`)).json.role).toMatchObject({ id: "roles/admin", title: "Admin" });
    expect((await call("GET", `${base}%2Fadmin`)).json.role.id).toBe("roles/admin");
    expect((await call("GET", `${base}/emperor`)).json.code).toBe(5);
    const ofProject = await call("GET", `${rm}/resource/roles?resource.name=project/${server.projectId}`);
    expect(ofProject.json.roles.map((role: { id: string }) => role.id)).not.toContain("roles/owner");
  });

  it("decide what the caller is told it may do", async () => {
    const { id, token } = await aServicePrincipal();
    const project = await aProject();
    const bindings = [{ role_id: "roles/viewer", members: [member(id)] }];
    await call("PUT", `${rm}/projects/${project}/iam-policy`, { policy: { bindings, etag: "" } });
    const permissions = ["packer.registry.read", "packer.registry.write", "packer.nonsense.fly"];
    const ask = (path: string) => call("POST", `${rm}/${path}/test-iam-permissions`, { permissions }, token);
    expect((await ask(`projects/${project}`)).json).toEqual({ allowed_permissions: ["packer.registry.read"] });
    expect((await ask(`organizations/${server.organizationId}`)).json).toEqual({ allowed_permissions: [] });
    expect((await ask(`projects/${server.projectId}`)).json.code).toBe(5);
  });

  it("give a contributor of one project nothing to write in another that it may read", async () => {
    const project = await aProject();
    const { id, token } = await aServicePrincipal({ role: "viewer" });
    const bindings = [{ role_id: "roles/contributor", members: [member(id)] }];
    await call("PUT", `${rm}/projects/${project}/iam-policy`, { policy: { bindings, etag: "" } });
    const there = packer.replace(server.projectId, project);
    expect((await call("PUT", `${there}/buckets`, { name: "mine" }, token)).status).toBe(200);
    expect(await call("PUT", `${packer}/buckets`, { name: "theirs" }, token)).toMatchObject({
      status: 403,
      json: { code: 7 },
    });
    const projects = (await call("GET", `${rm}/projects`, undefined, token)).json.projects;
    expect(projects.length).toBeGreaterThan(1);
  });
});
