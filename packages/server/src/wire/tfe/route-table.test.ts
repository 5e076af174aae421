import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { runBody, TfeFixture } from "../../testing/tfe-fixture.ts";
import { makeEveryResource, pathOf } from "./testing/every-resource.ts";
import { nameOf, routeBodies } from "./testing/route-bodies.ts";
import type { TfeDeps } from "./tfe-deps.ts";
import { createTfePlane } from "./tfe-plane.ts";

const table = createTfePlane({} as TfeDeps).routes;

/** Asking for these says nothing about anybody else's resources. */
const ownOrNothing = new Set([
  "GET /ping",
  "GET /account/details",
  "PATCH /account/update",
  "GET /organizations",
  "GET /admin/feature-sets",
  "POST /organizations",
  "GET /organization-memberships",
  "GET /organization/audit-trail",
  "GET /team-workspaces",
  "GET /team-projects",
  "GET /state-versions",
  "PATCH /task-results/:callback_id/callback",
]);

/** Everybody may do this to itself; organizations.test.ts says who may make organizations. */
const ofTheCaller = new Set([
  "PATCH /account/update",
  "POST /organizations",
  "POST /organization-memberships/:membership_id/actions/accept",
  // A person's own, and a team's, which viewers do not see; tokens.test.ts says who manages them.
  "POST /users/:user_id/authentication-tokens",
  "DELETE /authentication-tokens/:token_id",
  "POST /teams/:team_id/authentication-token",
  "POST /teams/:team_id/authentication-tokens",
  "DELETE /teams/:team_id/authentication-token",
]);

/** Only the credential of a service that was asked about a run opens these. */
const ofServices = new Set(["PATCH /task-results/:callback_id/callback"]);

describe.each(databasesUnderTest())("every route of the Terraform plane on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let stranger: string;
  let viewer: string;
  let ids: Record<string, string> = {};

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { config: { "outbound-allow": ["127.0.0.1"] } });
    tfe = new TfeFixture(server);
    stranger = await tfe.strangerToken();
    viewer = await tfe.tokenOf("viewer");
    ids = await makeEveryResource(tfe);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  it.each(table.map((route) => [nameOf(route), route] as const))(
    "%s has a body to test with, if it takes one",
    (name, route) => {
      expect(route.body !== undefined).toBe(name in routeBodies);
      expect(route.audit).toMatch(/^[a-z-]+\.[a-z-]+$/);
    },
  );

  it.each(table.filter((route) => route.needs !== "public").map((route) => [nameOf(route), route] as const))(
    "%s answers 401 without a credential, and to a bad one",
    async (name, route) => {
      const body = routeBodies[name]?.(ids);
      for (const token of [null, "ingot_nonsense"]) {
        const answer = await tfe.api(route.method, pathOf(route, ids), body, { token });
        expect(answer.status).toBe(401);
        expect(answer.json.errors[0]).toMatchObject({ status: "401", title: "unauthorized" });
        expect(answer.headers.get("tfp-api-version")).toBe("2.6");
      }
    },
  );

  it.each(table.filter((route) => !ownOrNothing.has(nameOf(route))).map((route) => [nameOf(route), route] as const))(
    "%s answers a stranger as if nothing were there",
    async (name, route) => {
      const body = routeBodies[name]?.(ids);
      const hidden = await tfe.api(route.method, pathOf(route, ids), body, { token: stranger });
      const missing = await tfe.api(
        route.method,
        pathOf(route, ids)
          .replace(/\b([a-z]+)-[1-9A-Za-z]{16}\b/g, "$1-aaaaaaaaaaaaaaaa")
          .replace(/\b(wsc|re)-\w{26}\b/g, "$1-aaaaaaaaaaaaaaaa")
          .replace(`organizations/${tfe.organization}`, "organizations/nowhere"),
        name === "POST /runs" ? runBody("ws-aaaaaaaaaaaaaaaa", {}) : body,
        { token: stranger },
      );
      expect(hidden.status).toBe(404);
      expect(hidden.json).toEqual(missing.json);
      expect(missing.status).toBe(404);
    },
  );

  const writes = table.filter((route) => route.method !== "GET" && !ofTheCaller.has(nameOf(route)));
  it.each(writes.map((route) => [nameOf(route), route] as const))(
    "%s refuses a viewer, who may only read",
    async (name, route) => {
      const answer = await tfe.api(route.method, pathOf(route, ids), routeBodies[name]?.(ids), { token: viewer });
      expect(answer.status).toBe(403);
      expect(answer.json.errors[0].detail).toContain("viewer");
    },
  );

  it.each(
    table
      .filter((route) => route.body !== undefined && !ofServices.has(nameOf(route)))
      .map((route) => [nameOf(route), route] as const),
  )("%s refuses bad bodies in the plane's own words", async (_name, route) => {
    const path = pathOf(route, ids);
    const malformed = await tfe.api(route.method, path, "{not json");
    expect(malformed.status).toBe(400);
    expect(malformed.json.errors[0].status).toBe("400");
    const wrongType = await tfe.api(route.method, path, "data=1", { headers: { "content-type": "text/plain" } });
    expect(wrongType.status).toBe(415);
    expect(wrongType.json.errors[0].title).toBe("unsupported media type");
    const wrongShape = await tfe.api(route.method, path, JSON.stringify({ data: "x", comment: 5 }));
    expect(wrongShape.status).toBe(422);
    expect(wrongShape.headers.get("content-type")).toContain("application/vnd.api+json");
    if (route.bodyBytesMax === undefined) {
      const oversized = await tfe.api(route.method, path, `"${"x".repeat(1 << 20)}"`);
      expect(oversized.status).toBe(413);
    }
  });

  it("an unknown path, and one of the published API that is not served, is a JSON:API 404", async () => {
    for (const path of ["nothing", "organizations/x/teams", `runs/${ids["run_id"]}/cost-estimate`]) {
      const answer = await tfe.api("GET", path);
      expect(answer.status).toBe(404);
      expect(answer.json.errors[0]).toMatchObject({ status: "404", title: "not found" });
      expect(answer.headers.get("content-type")).toContain("application/vnd.api+json");
    }
  });
});
