import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "@ingot/server/testing";
import { loadPublishedSpec } from "./published-spec.ts";

const spec = loadPublishedSpec("hcp-resource-manager-2019-12-10.swagger.json");
const [sqlite] = databasesUnderTest();
const base = "/resource-manager/2019-12-10";

describe.skipIf(spec === undefined)("the published API of organizations and projects, 2019-12-10", () => {
  let database: TestDatabase;
  let server: TestServer;
  beforeAll(async () => {
    database = await (sqlite as NonNullable<typeof sqlite>).create();
    server = await startTestServer(database);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  /** Calls, and fails the test when the answer has another status or is not one that the document describes. */
  async function call(method: string, below: string, status: number, body?: unknown): Promise<any> {
    const path = below.startsWith("/2019") ? below : base + below;
    const answer = await server.fetch(path, {
      method,
      headers: { ...server.admin, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const operation = spec?.find(method, path);
    expect({ path, status: answer.status }, answer.text).toEqual({ path, status });
    expect(operation && spec?.problems(operation, answer.status, answer.json), path).toEqual([]);
    return answer.json;
  }

  it("describes every answer about organizations, refusals included", async () => {
    const ours = `/organizations/${server.organizationId}`;
    await call("GET", "/organizations", 200);
    await call("GET", ours, 200);
    await call("GET", "/organizations/missing", 404);
    await call("PUT", `${ours}/name`, 200, { name: "renamed" });
    await call("PUT", `${ours}/name`, 400, { name: "x" });
    await call("PUT", `${ours}/name`, 400, {});
    await call("GET", `${ours}/constraints`, 200);
    await call("GET", `${ours}/constraints?pagination.page_size=1`, 200);
    await call("GET", `${ours}/constraints%2Fpacker.deny-creation`, 200);
    await call("GET", `${ours}/constraints%2Fnone`, 404);
    const { etag } = await call("GET", `${ours}/resource-control-policy`, 200);
    const wanted = { constraint_ids: ["constraints/packer.deny-creation"], etag };
    await call("PUT", `${ours}/resource-control-policy`, 200, wanted);
    await call("PUT", `${ours}/resource-control-policy`, 409, wanted);
    await call("GET", `${ours}/resource-control-policy`, 200);
  });

  it("describes every answer about policies and roles, refusals included", async () => {
    const ours = `/organizations/${server.organizationId}`;
    const { policy } = await call("GET", `${ours}/iam-policy`, 200);
    const unknown = [{ role_id: "roles/none", members: [] }];
    await call("PUT", `${ours}/iam-policy`, 400, { policy: { bindings: unknown, etag: policy.etag } });
    await call("PUT", `${ours}/iam-policy`, 409, { policy: { ...policy, etag: "stale" } });
    await call("PUT", `${ours}/iam-policy`, 200, { policy });
    await call("GET", "/organizations/missing/iam-policy", 404);
    const project = `/projects/${server.projectId}`;
    await call("GET", `${project}/iam-policy`, 200);
    await call("PUT", `${project}/iam-policy`, 200, { policy: { bindings: null, etag: "" } });
    const resources = "/2019-12-10/resource-manager/resources/iam-policy";
    const name = `project/${server.projectId}`;
    await call("GET", `${resources}?resource_name=${encodeURIComponent(name)}`, 200);
    await call("GET", `${resources}?resource_name=nonsense`, 404);
    await call("PUT", resources, 409, { resource_name: name, policy: { bindings: null, etag: "" } });
    await call("GET", `${ours}/roles`, 200);
    // One that exists has the same path as a constraint in the document, which cannot tell them apart.
    await call("GET", `${ours}/roles%2Fnone`, 404);
    await call("GET", `/resource/roles?resource.name=${encodeURIComponent(name)}`, 200);
    await call("POST", `${ours}/test-iam-permissions`, 200, { permissions: ["packer.registry.read"] });
    await call("POST", `${project}/test-iam-permissions`, 200, { permissions: null });
  });

  it("describes every answer about projects and resources, refusals included", async () => {
    await call("GET", `/projects?scope.type=ORGANIZATION&scope.id=${server.organizationId}`, 200);
    await call("GET", "/projects?scope.id=missing", 403);
    await call("GET", "/projects?pagination.page_size=1&sorting.order_by=name", 200);
    await call("GET", "/projects?sorting.order_by=none", 400);
    await call("GET", "/projects/count", 200);
    await call("GET", `/projects/${server.projectId}`, 200);
    await call("GET", "/projects/missing", 404);
    const { project } = await call("POST", "/projects", 200, { name: "made", description: "here" });
    await call("POST", "/projects", 409, { name: "made" });
    await call("POST", "/projects", 400, { name: "" });
    await call("PUT", `/projects/${project.id}/name`, 200, { name: "remade" });
    await call("PUT", `/projects/${project.id}/description`, 200, {});
    await call("GET", `/resource?resource_name=project%2F${project.id}`, 200);
    await call("GET", "/resource?resource_name=project%2Fmissing", 404);
    await call("GET", "/resource", 400);
    await call("DELETE", `/projects/${project.id}`, 200);
    await call("DELETE", `/projects/${project.id}`, 404);
    await call("DELETE", `/projects/${server.projectId}`, 400);
  });
});
