import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken, roleMay, type Permission } from "../../features/access/index.ts";
import { insertOrganization } from "../../features/organizations/index.ts";
import { insertPrincipal } from "../../features/principals/index.ts";
import { insertProject } from "../../features/projects/index.ts";
import { newUuid } from "../../platform/ids.ts";
import { createPageSigner } from "../../platform/page-signer.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { createHcpResourceManagerPlane } from "./plane.ts";

describe.each(databasesUnderTest())("organizations and projects on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  const clock = { now: Date.now() };
  let foreign: { organizationId: string; projectId: string };
  let confined: string;
  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => clock.now });
    const organization = await insertOrganization(server.db, "foreign", clock.now);
    const project = await insertProject(server.db, { organizationId: organization.id, name: "theirs" }, clock.now);
    foreign = { organizationId: organization.id, projectId: project.id };
    const place = { organizationId: server.organizationId, projectId: server.projectId };
    const principal = await insertPrincipal(
      server.db,
      { kind: "service_principal", name: "confined", role: "viewer", ...place },
      clock.now,
    );
    confined = await createToken(
      server.db,
      { ...place, principalId: principal.id, name: "test", expiresAt: null },
      clock.now,
    );
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const get = (path: string, token: string | null = server.bootstrap.admin.token) =>
    server.fetch(path, { headers: token === null ? {} : { authorization: `Bearer ${token}` } });
  const rm = "/resource-manager/2019-12-10";

  it("lists exactly the caller's organization", async () => {
    const answer = await get(`${rm}/organizations`);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      organizations: [{ id: server.organizationId, state: "ACTIVE" }],
      pagination: { next_page_token: "" },
    });
    expect((await get(`${rm}/organizations/${server.organizationId}`)).json.organization.id).toBe(
      server.organizationId,
    );
  });

  it("lists projects with their parent, created in the past, even one of this moment", async () => {
    const fresh = await insertProject(server.db, { organizationId: server.organizationId, name: "fresh" }, clock.now);
    const { projects } = (await get(`${rm}/projects?scope.type=ORGANIZATION&scope.id=${server.organizationId}`)).json;
    expect(projects.map((p: any) => p.id)).toEqual([server.projectId, fresh.id]);
    for (const project of projects) {
      expect(project.parent).toEqual({ type: "ORGANIZATION", id: server.organizationId });
      expect(Date.parse(project.created_at)).toBeLessThan(clock.now);
    }
    expect((await get(`${rm}/projects/${fresh.id}`)).json.project).toMatchObject({ name: "fresh", state: "ACTIVE" });
  });

  it("shows a confined credential its own project alone", async () => {
    const other = await insertProject(server.db, { organizationId: server.organizationId, name: "other" }, clock.now);
    expect((await get(`${rm}/projects`, confined)).json.projects).toHaveLength(1);
    expect((await get(`${rm}/projects/${other.id}`, confined)).status).toBe(404);
    expect((await get(`${rm}/projects/${server.projectId}`, confined)).status).toBe(200);
  });

  it("answers another tenant's organization and project as ones that do not exist", async () => {
    for (const [path, hidden] of [
      ["organizations", foreign.organizationId],
      ["projects", foreign.projectId],
    ] as const) {
      const missing = newUuid();
      const answers = [await get(`${rm}/${path}/${hidden}`), await get(`${rm}/${path}/${missing}`)];
      expect(answers[0]).toMatchObject({ status: 404, json: { code: 5, details: [] } });
      expect(answers[0]?.json.message.replace(hidden, "<id>")).toBe(answers[1]?.json.message.replace(missing, "<id>"));
    }
    for (const id of [foreign.organizationId, newUuid()]) {
      expect(await get(`${rm}/projects?scope.id=${id}`)).toMatchObject({ status: 403, json: { code: 7 } });
    }
    expect(await get(`${rm}/projects?scope.type=PROJECT`)).toMatchObject({ status: 400, json: { code: 3 } });
  });

  it("reports an operation as done, in a project that the caller sees", async () => {
    const path = (organization: string, project: string, id: string) =>
      `/operation/2020-05-05/organizations/${organization}/projects/${project}/operations/${id}/wait?timeout=5s`;
    const id = newUuid();
    for (const project of [server.projectId, "-"]) {
      expect((await get(path(server.organizationId, project, id))).json).toMatchObject({
        operation: { id, state: "DONE" },
      });
    }
    expect((await get(path(foreign.organizationId, foreign.projectId, id))).json.code).toBe(5);
    expect((await get(path(server.organizationId, server.projectId, "nonsense"))).json.code).toBe(5);
  });

  it("answers a NUL in an id as bad input", async () => {
    expect(await get(`${rm}/projects/a%00`)).toMatchObject({ status: 400, json: { code: 3 } });
  });

  it("asks for a credential on every route", async () => {
    const routes = createHcpResourceManagerPlane({
      db: server.db,
      now: Date.now,
      pageSigner: createPageSigner(new Uint8Array(32)),
    }).routes;
    for (const route of routes) {
      const path = (route.prefix ?? "/resource-manager") + route.path.replace(/:[a-z_]+/g, "x");
      const answer = await server.fetch(path, { method: route.method });
      expect(answer, path).toMatchObject({ status: 401, json: { code: 16, details: [] } });
    }
  });

  it("is refused to somebody without any role, and to one whose role is too low, on every route", async () => {
    const routes = createHcpResourceManagerPlane({
      db: server.db,
      now: Date.now,
      pageSigner: createPageSigner(new Uint8Array(32)),
    }).routes;
    const { organizationId } = server;
    const mint = async (role?: "viewer") => {
      const kind = "service_principal" as const;
      const name = `matrix-${role ?? "nobody"}`;
      const who = { kind, organizationId, projectId: null, name, ...(role === undefined ? {} : { role }) };
      const { id: principalId } = await insertPrincipal(server.db, who, clock.now);
      const token = { organizationId, projectId: null, principalId, name: "test", expiresAt: null };
      return createToken(server.db, token, clock.now);
    };
    const [nobody, viewer] = [await mint(), await mint("viewer")];
    let tooLow = 0;
    for (const route of routes) {
      const path = (route.prefix ?? "/resource-manager") + route.path.replace(/:[a-z_]+/g, "x");
      const send = (token: string) =>
        server.fetch(path, {
          method: route.method,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          ...(route.body === undefined ? {} : { body: "{}" }),
        });
      if (route.needs === "authenticated") continue;
      expect(await send(nobody), path).toMatchObject({ status: 403, json: { code: 7 } });
      if (roleMay("viewer", route.needs as Permission)) continue;
      expect(await send(viewer), path).toMatchObject({ status: 403, json: { code: 7 } });
      tooLow++;
    }
    expect(tooLow).toBeGreaterThan(8);
  });

  it.each([
    "/resource-manager/2019-12-10/organizations/x/nonsense",
    "/2019-12-10/iam%2Fproject%2Fx%2Fnonsense%2Fci",
    "/operation/2020-05-05/nonsense",
  ])("answers %s, which it does not serve, with 501 and code 12", async (path) => {
    expect(await get(path)).toMatchObject({ status: 501, json: { code: 12, details: [] } });
    const posted = await server.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(posted).toMatchObject({ status: 501, json: { code: 12 } });
  });
});
