import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "@ingot/server/testing";
import { loadPublishedSpec } from "./published-spec.ts";

const spec = loadPublishedSpec("hcp-resource-manager-2019-12-10.swagger.json");
const [sqlite] = databasesUnderTest();

describe.skipIf(spec === undefined)("the published API of organizations and projects, 2019-12-10", () => {
  let database: TestDatabase;
  let server: TestServer;
  beforeAll(async () => {
    database = await (sqlite as NonNullable<typeof sqlite>).create({ migrated: false });
    server = await startTestServer(database);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  it("describes the answers that are served, refusals included", async () => {
    const base = "/resource-manager/2019-12-10";
    for (const [path, status] of [
      [`${base}/organizations`, 200],
      [`${base}/organizations/${server.organizationId}`, 200],
      [`${base}/organizations/missing`, 404],
      [`${base}/projects?scope.type=ORGANIZATION&scope.id=${server.organizationId}`, 200],
      [`${base}/projects?scope.id=missing`, 403],
      [`${base}/projects/${server.projectId}`, 200],
      [`${base}/projects/missing`, 404],
    ] as const) {
      const answer = await server.fetch(path, { headers: server.admin });
      const operation = spec?.find("GET", path);
      expect(answer.status, path).toBe(status);
      expect(operation && spec?.problems(operation, answer.status, answer.json), path).toEqual([]);
    }
  });
});
