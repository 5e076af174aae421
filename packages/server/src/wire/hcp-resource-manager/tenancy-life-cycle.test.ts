import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken } from "../../features/access/index.ts";
import { insertOrganization } from "../../features/organizations/index.ts";
import { insertPrincipal } from "../../features/principals/index.ts";
import { insertProject } from "../../features/projects/index.ts";
import { newUuid } from "../../platform/ids.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";

describe.each(databasesUnderTest())("the life of organizations and projects on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  const clock = { now: Date.now() };
  const foreign = { organizationId: "", projectId: "" };
  const tokens = { admin: "", contributor: "", viewer: "", confined: "" };
  const rm = "/resource-manager/2019-12-10";

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => clock.now });
    const { db, organizationId, projectId } = server;
    foreign.organizationId = (await insertOrganization(db, "foreign", clock.now)).id;
    foreign.projectId = (
      await insertProject(db, { organizationId: foreign.organizationId, name: "theirs" }, clock.now)
    ).id;
    const mint = async (role: "admin" | "contributor" | "viewer", project: string | null) => {
      const place = { organizationId, projectId: project };
      const name = `${role}-${project ?? "all"}`;
      const principal = await insertPrincipal(db, { kind: "service_principal", name, role, ...place }, clock.now);
      return createToken(db, { ...place, principalId: principal.id, name: "test", expiresAt: null }, clock.now);
    };
    tokens.admin = server.bootstrap.admin.token;
    tokens.contributor = await mint("contributor", null);
    tokens.viewer = await mint("viewer", null);
    tokens.confined = await mint("admin", projectId);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  function call(method: string, path: string, body?: unknown, as: keyof typeof tokens = "admin") {
    return server.fetch(path.startsWith("/packer") ? path : rm + path, {
      method,
      headers: {
        authorization: `Bearer ${tokens[as]}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  const parent = () => ({ type: "ORGANIZATION", id: server.organizationId });

  async function aProject(name: string): Promise<any> {
    const answer = await call("POST", "/projects", { name, parent: parent() });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json.project;
  }

  const bucketPath = (projectId: string) =>
    `/packer/2023-01-01/organizations/${server.organizationId}/projects/${projectId}/buckets`;

  describe("a project", () => {
    it("is made, renamed, described and deleted, each with the answer that the provider reads", async () => {
      const made = await call("POST", "/projects", { name: "life", description: "of it", parent: parent() });
      expect(made).toMatchObject({
        status: 200,
        json: {
          project: { name: "life", description: "of it", parent: parent(), state: "ACTIVE" },
          operation_id: "",
        },
      });
      const { id, created_at: createdAt } = made.json.project;
      expect(Date.parse(createdAt)).toBeLessThan(clock.now);
      expect(await call("PUT", `/projects/${id}/name`, { name: "life two" })).toMatchObject({
        status: 200,
        json: { operation_id: "" },
      });
      expect((await call("PUT", `/projects/${id}/description`, {})).json).toEqual({ operation_id: "" });
      expect((await call("GET", `/projects/${id}`)).json.project).toMatchObject({ name: "life two", description: "" });
      expect(await call("DELETE", `/projects/${id}`)).toMatchObject({
        status: 200,
        json: { operation: { id: "", state: "DONE" } },
      });
      expect(await call("GET", `/projects/${id}`)).toMatchObject({ status: 404, json: { code: 5 } });
      expect(await call("DELETE", `/projects/${id}`)).toMatchObject({ status: 404, json: { code: 5 } });
    });

    it("has a name that is well-formed and its own, at birth and later", async () => {
      const project = await aProject("taken");
      expect(await call("POST", "/projects", { name: "taken" })).toMatchObject({ status: 409, json: { code: 6 } });
      const other = await aProject("free");
      expect(await call("PUT", `/projects/${other.id}/name`, { name: "taken" })).toMatchObject({
        status: 409,
        json: { code: 6 },
      });
      expect((await call("PUT", `/projects/${project.id}/name`, { name: "taken" })).status).toBe(200);
      for (const body of [{ name: "no" }, { name: "a/b/c" }, { name: "abc", description: "x".repeat(257) }]) {
        expect(await call("POST", "/projects", body)).toMatchObject({ status: 400, json: { code: 3 } });
      }
    });

    it("is made once when two ask for one name at the same moment", async () => {
      const answers = await Promise.all([1, 2, 3].map(() => call("POST", "/projects", { name: "at once" })));
      expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([200, 409, 409]);
      expect((await call("GET", "/projects?query=at%20once")).json.projects).toHaveLength(1);
    });

    it("stays while it holds anything, and says what", async () => {
      const { id } = await aProject("full");
      expect((await call("PUT", bucketPath(id), { name: "web" })).status).toBe(200);
      await insertPrincipal(
        server.db,
        {
          kind: "service_principal",
          name: "inside",
          role: "viewer",
          organizationId: server.organizationId,
          projectId: id,
        },
        clock.now,
      );
      expect(await call("DELETE", `/projects/${id}`)).toMatchObject({
        status: 400,
        json: { code: 9, message: expect.stringContaining("1 bucket and 1 service principal") },
      });
      expect((await call("GET", `/projects/${id}`)).status).toBe(200);
      expect((await call("DELETE", `${bucketPath(id)}/web`)).status).toBe(200);
      await server.db.deleteFrom("principals").where("name", "=", "inside").execute();
      expect((await call("DELETE", `/projects/${id}`)).status).toBe(200);
    });

    it("of another tenant can neither be changed nor deleted, nor told from one that does not exist", async () => {
      const before = await server.db.selectFrom("projects").selectAll().where("id", "=", foreign.projectId).execute();
      const missing = newUuid();
      for (const [method, below, body] of [
        ["PUT", "/name", { name: "mine now" }],
        ["PUT", "/description", { description: "mine" }],
        ["DELETE", "", undefined],
      ] as const) {
        const answers = [
          await call(method, `/projects/${foreign.projectId}${below}`, body),
          await call(method, `/projects/${missing}${below}`, body),
        ];
        for (const answer of answers) expect(answer).toMatchObject({ status: 404, json: { code: 5 } });
        expect(answers[0]?.json.message.replace(foreign.projectId, "")).toBe(
          answers[1]?.json.message.replace(missing, ""),
        );
      }
      expect(await server.db.selectFrom("projects").selectAll().where("id", "=", foreign.projectId).execute()).toEqual(
        before,
      );
      const theirs = { name: "smuggled", parent: { type: "ORGANIZATION", id: foreign.organizationId } };
      expect(await call("POST", "/projects", theirs)).toMatchObject({ status: 403, json: { code: 7 } });
    });

    it("is made by a contributor of the organization, not by a viewer or a credential of one project", async () => {
      expect((await call("POST", "/projects", { name: "by contributor" }, "contributor")).status).toBe(200);
      for (const as of ["viewer", "confined"] as const) {
        expect(await call("POST", "/projects", { name: "by nobody" }, as)).toMatchObject({
          status: 403,
          json: { code: 7 },
        });
      }
    });
  });

  describe("the list of projects", () => {
    it("pages in both directions, is sorted as asked, and counts", async () => {
      for (const name of ["list-a", "list-c", "list-b"]) await aProject(name);
      const query = "query=LIST-&pagination.page_size=2&sorting.order_by=name%20desc";
      const first = (await call("GET", `/projects?${query}`)).json;
      expect(first.projects.map((p: any) => p.name)).toEqual(["list-c", "list-b"]);
      expect(first.pagination.previous_page_token).toBe("");
      const next = (
        await call("GET", `/projects?${query}&pagination.next_page_token=${first.pagination.next_page_token}`)
      ).json;
      expect(next.projects.map((p: any) => p.name)).toEqual(["list-a"]);
      expect(next.pagination.next_page_token).toBe("");
      const back = (
        await call("GET", `/projects?${query}&pagination.previous_page_token=${next.pagination.previous_page_token}`)
      ).json;
      expect(back.projects).toEqual(first.projects);
      expect((await call("GET", "/projects?query=%25")).json.projects).toEqual([]);
      const all = (await call("GET", "/projects")).json.projects;
      expect((await call("GET", "/projects/count")).json).toEqual({ count: all.length });
      expect((await call("GET", "/projects/count", undefined, "confined")).json).toEqual({ count: 1 });
    });

    it("has everything on its first page when nobody asks for pages", async () => {
      for (let at = 0; at < 120; at++) {
        await insertProject(server.db, { organizationId: server.organizationId, name: `many ${at}` }, clock.now + at);
      }
      const { projects, pagination } = (await call("GET", "/projects")).json;
      expect(projects.length).toBeGreaterThan(120);
      expect(pagination.next_page_token).toBe("");
      expect(projects[0].id).toBe(server.projectId);
    });

    it.each([
      "sorting.order_by=color",
      "pagination.page_size=-1",
      "pagination.next_page_token=x",
      "scope.type=PROJECT",
    ])("refuses %s", async (query) => {
      expect(await call("GET", `/projects?${query}`)).toMatchObject({ status: 400, json: { code: 3 } });
    });
  });

  describe("an organization", () => {
    const ours = () => `/organizations/${server.organizationId}`;

    it("is renamed by an administrator to a name that nobody has", async () => {
      expect(await call("PUT", `${ours()}/name`, { name: "acme_2" })).toMatchObject({
        status: 200,
        json: { organization: { id: server.organizationId, name: "acme_2" } },
      });
      expect((await call("GET", ours())).json.organization.name).toBe("acme_2");
      expect(await call("PUT", `${ours()}/name`, { name: "foreign" })).toMatchObject({
        status: 409,
        json: { code: 6 },
      });
      for (const name of ["ab", "x".repeat(41), "a b c"]) {
        expect(await call("PUT", `${ours()}/name`, { name })).toMatchObject({ status: 400, json: { code: 3 } });
      }
      expect(await call("PUT", `/organizations/${foreign.organizationId}/name`, { name: "ours" })).toMatchObject({
        status: 404,
        json: { code: 5 },
      });
      expect((await call("PUT", `${ours()}/name`, { name: "abc" }, "contributor")).status).toBe(403);
    });

    it("lists what it can forbid, a page at a time, and each by its name with a slash of either kind", async () => {
      const whole = (await call("GET", `${ours()}/constraints`)).json;
      expect(whole.constraints.length).toBeGreaterThan(1);
      const ids: string[] = [];
      for (let token = ""; ;) {
        const path = `${ours()}/constraints?pagination.page_size=4&pagination.next_page_token=${token}`;
        const { constraints, pagination } = (await call("GET", path)).json;
        ids.push(...constraints.map((c: any) => c.id));
        token = pagination.next_page_token;
        if (token === "") break;
      }
      expect(ids).toEqual(whole.constraints.map((c: any) => c.id));
      for (const slash of ["/", "%2F"]) {
        const one = await call("GET", `${ours()}/constraints${slash}packer.deny-creation`);
        expect(one.json.constraint).toMatchObject({ service: "packer", denied_permissions: ["packer.buckets.create"] });
      }
      expect((await call("GET", `${ours()}/constraints/none`)).json.code).toBe(5);
    });

    it("forbids new buckets in every project while the constraint is on, and touches none that exist", async () => {
      const policy = `${ours()}/resource-control-policy`;
      const { id } = await aProject("constrained");
      expect((await call("PUT", bucketPath(id), { name: "old" })).status).toBe(200);
      const empty = (await call("GET", policy)).json;
      expect(empty).toEqual({
        organization_id: server.organizationId,
        enabled_constraints: [],
        etag: expect.any(String),
      });
      expect(empty.etag).not.toBe("");
      expect((await call("GET", policy)).json).toEqual(empty);
      const wanted = ["constraints/packer.deny-creation", "constraints/vault.deny-creation"];
      const set = await call("PUT", policy, { constraint_ids: wanted, etag: empty.etag });
      expect(set).toMatchObject({ status: 200, json: { etag: expect.any(String) } });
      expect(set.json.etag).not.toBe(empty.etag);
      expect((await call("GET", policy)).json).toMatchObject({ enabled_constraints: wanted, etag: set.json.etag });

      expect(await call("PUT", bucketPath(id), { name: "new" })).toMatchObject({ status: 403, json: { code: 7 } });
      expect((await call("GET", `${bucketPath(id)}/new`)).status).toBe(404);
      // Packer makes its bucket before every build and goes on when it is there already.
      expect(await call("PUT", bucketPath(id), { name: "old" })).toMatchObject({ status: 409, json: { code: 6 } });
      expect((await call("PATCH", `${bucketPath(id)}/old`, { description: "still works" })).status).toBe(200);

      // Whoever has not seen the last change cannot undo it; the provider sends null to clear.
      for (const etag of [empty.etag, "", "nonsense"]) {
        expect(await call("PUT", policy, { constraint_ids: null, etag })).toMatchObject({
          status: 409,
          json: { code: 10 },
        });
      }
      const cleared = await call("PUT", policy, { constraint_ids: null, etag: set.json.etag });
      expect(cleared.status).toBe(200);
      expect((await call("GET", policy)).json).toMatchObject({ enabled_constraints: [], etag: cleared.json.etag });
      expect((await call("PUT", bucketPath(id), { name: "new" })).status).toBe(200);
    });

    it("knows no other constraints, and takes them from administrators alone", async () => {
      const policy = `${ours()}/resource-control-policy`;
      const { etag } = (await call("GET", policy)).json;
      expect(await call("PUT", policy, { constraint_ids: ["constraints/x.y"], etag })).toMatchObject({
        status: 400,
        json: { code: 3 },
      });
      expect((await call("PUT", policy, { constraint_ids: [], etag }, "contributor")).status).toBe(403);
      expect((await call("GET", `/organizations/${foreign.organizationId}/resource-control-policy`)).json.code).toBe(5);
    });
  });

  describe("a resource", () => {
    it("is found by its name or id, and only where the caller may look", async () => {
      const { id } = await aProject("lookup");
      const bucket = (await call("PUT", bucketPath(id), { name: "web" })).json.bucket;
      const of = (name: string, as?: keyof typeof tokens) =>
        call("GET", `/resource?resource_name=${encodeURIComponent(name)}`, undefined, as);
      expect((await of(`packer/project/${id}/bucket/web`)).json).toEqual({
        resource_id: bucket.id,
        resource_name: `packer/project/${id}/bucket/web`,
        resource_type: "hashicorp.packer.bucket",
        parent_id: id,
      });
      expect((await of(`project/${id}`)).json).toMatchObject({ resource_id: id, parent_id: server.organizationId });
      expect((await of(`organization/${server.organizationId}`)).json).toMatchObject({ parent_id: "" });
      expect((await call("GET", `/resource?resource_id=${id}`)).json.resource_name).toBe(`project/${id}`);
      for (const name of [`project/${foreign.projectId}`, "packer/nonsense", `packer/project/${id}/bucket/none`]) {
        expect(await of(name)).toMatchObject({ status: 404, json: { code: 5 } });
      }
      expect((await of(`packer/project/${id}/bucket/web`, "confined")).json.code).toBe(5);
      expect((await call("GET", "/resource")).json.code).toBe(3);
    });
  });
});

describe.each(databasesUnderTest())("the last project on $name", (kind) => {
  it("stays: clients cannot work without one", async () => {
    const database = await kind.create();
    const server = await startTestServer(database);
    try {
      const path = `/resource-manager/2019-12-10/projects/${server.projectId}`;
      expect(await server.fetch(path, { method: "DELETE", headers: server.admin })).toMatchObject({
        status: 400,
        json: { code: 9 },
      });
    } finally {
      await server.close();
      await database.close();
    }
  });
});
