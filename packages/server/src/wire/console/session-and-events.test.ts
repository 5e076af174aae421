import { fetch as undiciFetch, Agent } from "undici";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordEvent } from "../../features/events/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";

describe.each(databasesUnderTest())("sessions and events on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let cookie = "";

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const signIn = (token: string) =>
    server.fetch("/api/v1/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });

  test("a token starts a session in a cookie that no script and no other site can use", async () => {
    const answer = await signIn(server.bootstrap.admin.token);
    expect(answer.status).toBe(201);
    const header = answer.headers.get("set-cookie") ?? "";
    for (const part of ["__Host-ingot-session=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"]) {
      expect(header).toContain(part);
    }
    expect(header).not.toContain(server.bootstrap.admin.token);
    cookie = header.split(";")[0] ?? "";
    expect(answer.json).toMatchObject({
      user: { name: "admin", role: "admin, owner" },
      organization: { name: "ingot" },
      project: null,
      projects: [{ id: server.projectId }],
    });
    expect(answer.json.permissions).toContain("run:apply");
  });

  test("a token that is not known here says where the first one is", async () => {
    const answer = await signIn("ingot_nonsense");
    expect(answer.status).toBe(401);
    expect(answer.json.message).toContain("bootstrap.json");
  });

  test("a runner's token is no way into the console", async () => {
    expect((await signIn(await server.createLocalRunnerToken())).status).toBe(401);
  });

  test("the session reads every plane that people use", async () => {
    const { organizationId, projectId } = server;
    for (const path of [
      "/api/v1/session",
      "/api/v2/organizations/ingot",
      "/resource-manager/2019-12-10/organizations",
      `/packer/2023-01-01/organizations/${organizationId}/projects/${projectId}/buckets`,
    ]) {
      expect((await server.fetch(path, { headers: { cookie } })).status, path).toBe(200);
      expect((await server.fetch(path)).status, path).toBe(path === "/api/v1/session" ? 204 : 401);
    }
  });

  test("a write needs to come from the same origin; a bearer needs nothing else", async () => {
    const write = (headers: Record<string, string>) =>
      server.fetch("/api/v1/runner-tokens", {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ name: "more" }),
      });
    const { host } = new URL(server.url);
    expect((await write({ cookie })).status).toBe(401);
    expect((await write({ cookie, "sec-fetch-site": "cross-site" })).status).toBe(401);
    expect((await write({ cookie, "sec-fetch-site": "same-site" })).status).toBe(401);
    expect((await write({ cookie, origin: "https://elsewhere.example" })).status).toBe(401);
    expect((await write({ cookie, origin: `https://${host}` })).status).toBe(201);
    expect((await write({ cookie, "sec-fetch-site": "same-origin" })).status).toBe(201);
    expect((await write({ ...server.admin, origin: "https://elsewhere.example" })).status).toBe(201);
  });

  test("events are listed newest first, a page at a time, and another organization's never", async () => {
    await record("first");
    await record("second");
    await server.db
      .transaction()
      .execute((tx) => recordEvent(tx, { ...event("foreign"), organizationId: "another" }, Date.now()));
    const page = await server.fetch("/api/v1/events?limit=1", { headers: { cookie } });
    expect(page.json.events.map((e: { summary: string }) => e.summary)).toEqual(["second"]);
    const rest = await server.fetch(`/api/v1/events?after=${page.json.next}`, { headers: { cookie } });
    expect(rest.json.events.map((e: { summary: string }) => e.summary)).toContain("first");
    expect(rest.text).not.toContain("foreign");
  });

  test("an event is heard live, and after a break whoever says what it saw last hears the rest", async () => {
    const live = await openStream();
    await live.until(": connected");
    await record("told live");
    const heard = await live.until("told live");
    live.close();
    const last = /id: (\S+)/.exec(heard)?.[1] ?? "";
    await record("missed");
    const again = await openStream(last);
    expect(await again.until("missed")).not.toContain("told live");
    again.close();
  });

  test("nobody without a credential hears anything", async () => {
    expect((await server.fetch("/api/v1/events/stream")).status).toBe(401);
  });

  test("the OpenAPI document has every route, and needs no credential", async () => {
    const { status, json } = await server.fetch("/api/v1/openapi.json");
    expect(status).toBe(200);
    expect(json.paths["/session"].post.responses["201"].content["application/json"].schema.type).toBe("object");
    for (const [path, methods] of Object.entries(json.paths as Record<string, Record<string, { summary: string }>>)) {
      for (const [method, operation] of Object.entries(methods)) {
        expect(operation.summary, `${method} ${path} has no summary`).toMatch(/^[A-Z]/);
      }
    }
  });

  test("signing out ends the session everywhere", async () => {
    const out = await server.fetch("/api/v1/session", {
      method: "DELETE",
      headers: { cookie, "sec-fetch-site": "same-origin" },
    });
    expect(out.status).toBe(204);
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
    expect((await server.fetch("/api/v1/session", { headers: { cookie } })).status).toBe(204);
    expect((await server.fetch("/api/v1/events", { headers: { cookie } })).status).toBe(401);
    expect((await server.fetch("/api/v1/session", { headers: server.admin })).status).toBe(200);
    const wrong = await server.fetch("/api/v1/session", { headers: { authorization: "Bearer ingot_nonsense" } });
    expect(wrong.status).toBe(401);
  });

  function event(summary: string) {
    const { organizationId, projectId } = server;
    return {
      kind: "run.applied",
      organizationId,
      projectId,
      workspaceId: null,
      summary,
      actorName: null,
      data: {},
    } as const;
  }

  async function record(summary: string): Promise<void> {
    await server.db.transaction().execute((tx) => recordEvent(tx, event(summary), Date.now()));
  }

  async function openStream(lastEventId?: string) {
    const abort = new AbortController();
    const dispatcher = new Agent({ connect: { ca: await readFile(server.caFile ?? "", "utf8") } });
    const answer = await undiciFetch(`${server.url}/api/v1/events/stream`, {
      dispatcher,
      signal: abort.signal,
      headers: { ...server.admin, ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }) },
    });
    expect(answer.headers.get("content-type")).toContain("text/event-stream");
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    let text = "";
    return {
      async until(part: string): Promise<string> {
        while (!text.includes(part)) {
          const { value, done } = await reader.read();
          if (done) throw new Error(`the stream ended before ${part}: ${text}`);
          text += Buffer.from(value).toString("utf8");
        }
        return text;
      },
      close() {
        abort.abort();
        void dispatcher.destroy();
      },
    };
  }
});
