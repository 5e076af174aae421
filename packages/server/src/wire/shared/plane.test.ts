import { Type } from "typebox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FastifyInstance } from "fastify";
import { buildApp } from "../../app.ts";
import type { Actor, Role } from "../../features/access/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { noAudit } from "../../testing/no-audit.ts";
import { createLogger } from "../../platform/logger.ts";
import { ok, type Plane } from "./plane.ts";

const actor = (role: Role): Actor => ({
  kind: "user",
  id: "user-1",
  name: "a",
  organizationId: "o",
  grants: [{ role, organizationId: "o", projectId: null, bucketName: null }],
  needs: null,
  workspaceId: null,
  runId: null,
});

const plane: Plane = {
  name: "test",
  prefixes: ["/t"],
  contentType: "application/json",
  jsonTypes: ["application/json"],
  headers: { "x-plane": "t" },
  authenticate: async (request) => {
    const role = request.headers["authorization"];
    return role === undefined ? undefined : actor(role as Role);
  },
  presentError: (error) => ({
    status: error.kind === "unauthenticated" ? 401 : 499,
    body: { code: error.code, message: error.message },
  }),
  unknownPath: () => new DomainError("not_found", "no_route", "Nothing here."),
  routes: [
    {
      method: "POST",
      path: "/things/:name",
      needs: "workspace:write",
      audit: "thing.create",
      body: Type.Object({ size: Type.Integer({ minimum: 1 }) }),
      bodyBytesMax: 100,
      handle: async ({ params, body, actor }) => ok({ params, body, by: actor.name }),
    },
    {
      method: "GET",
      path: "/boom",
      needs: "public",
      audit: "boom",
      handle: async () => Promise.reject(new Error("the password is hunter2")),
    },
    {
      method: "GET",
      path: "/gone",
      needs: "public",
      audit: "gone",
      // As the database refuses a row that refers to what is no longer there.
      handle: async () => Promise.reject(Object.assign(new Error("insert into things"), { code: "23503" })),
    },
  ],
};

describe("a plane", () => {
  let app: FastifyInstance;
  beforeEach(async () => {
    app = await buildApp({
      planes: [plane],
      audit: noAudit,
      logger: createLogger("silent"),
      tls: undefined,
      consoleDirectory: undefined,
      checkReady: async () => {},
    });
  });
  afterEach(() => app.close());

  const post = (payload: string, headers: Record<string, string> = {}) =>
    app.inject({
      method: "POST",
      url: "/t/things/a%2Fb",
      payload,
      headers: { authorization: "admin", "content-type": "application/json", ...headers },
    });

  it("hands the handler a checked body, decoded parameters and the caller", async () => {
    const answer = await post('{"size":2}');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ params: { name: "a/b" }, body: { size: 2 }, by: "a" });
    expect(answer.headers["x-plane"]).toBe("t");
  });

  it.each([
    ["malformed JSON", '{"size":', {}, "malformed_json"],
    ["a wrong type, which is never converted", '{"size":"2"}', {}, "schema"],
    ["a missing field", "{}", {}, "schema"],
    ["no body at all", "", {}, "schema"],
    ["a body that is too large", `{"size":2,"x":"${"y".repeat(200)}"}`, {}, "body_too_large"],
    ["another media type", "size=2", { "content-type": "text/csv" }, "media_type"],
    ["a NUL character, which PostgreSQL cannot store", '{"size":2,"x":"\\u0000"}', {}, "nul_character"],
  ])("answers %s in its own error shape", async (_name, payload, headers, code) => {
    const answer = await post(payload, headers);
    expect(answer.statusCode).toBe(499);
    expect(answer.json()).toMatchObject({ code });
    expect(answer.headers["x-plane"]).toBe("t");
  });

  it("asks who is calling before it reads the body", async () => {
    const answer = await app.inject({
      method: "POST",
      url: "/t/things/a",
      payload: "x".repeat(10_000),
      headers: { "content-type": "application/json" },
    });
    expect(answer.statusCode).toBe(401);
  });

  it("refuses a role that lacks the permission", async () => {
    expect((await post('{"size":2}', { authorization: "viewer" })).json()).toMatchObject({ code: "role_too_low" });
  });

  it("answers an unknown path and an unknown method in its own shape", async () => {
    for (const method of ["GET", "DELETE"] as const) {
      expect((await app.inject({ method, url: "/t/nothing" })).json()).toMatchObject({ code: "no_route" });
    }
  });

  it("tells nothing about its own mistakes but a request id", async () => {
    const answer = await app.inject({ method: "GET", url: "/t/boom", headers: { "x-request-id": "req-7" } });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain("hunter2");
    expect(answer.body).toContain("req-7");
  });

  it("says of what was deleted at the same moment that it was, and nothing of the database", async () => {
    const answer = await app.inject({ url: "/t/gone" });
    expect(answer.statusCode).toBe(499);
    expect(answer.json()).toMatchObject({ code: "deleted_meanwhile" });
    expect(answer.body).not.toContain("insert");
  });
});
