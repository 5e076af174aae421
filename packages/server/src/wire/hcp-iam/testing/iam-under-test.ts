import { createToken, type AssignableRole } from "../../../features/access/index.ts";
import { insertOrganization } from "../../../features/organizations/index.ts";
import { insertPrincipal } from "../../../features/principals/index.ts";
import { insertProject } from "../../../features/projects/index.ts";
import type { DatabaseUnderTest } from "../../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../../testing/index.ts";

export interface IamAnswer {
  readonly status: number;
  readonly json: any;
  readonly headers: Headers;
}

/** A server with two projects, another tenant, and somebody of each kind. The clock moves only by hand. */
export interface IamUnderTest {
  readonly server: TestServer;
  readonly clock: { now: number };
  readonly organizationId: string;
  readonly projectId: string;
  readonly otherProjectId: string;
  readonly foreign: { readonly organizationId: string; readonly projectId: string };
  readonly tokens: {
    readonly admin: string;
    readonly contributor: string;
    readonly viewer: string;
    /** Administers the other project and nothing else. */
    readonly elsewhere: string;
    /** Administers another organization. */
    readonly foreign: string;
  };
  /** A request; `as` is a bearer token, null for none. Default: the administrator's. */
  readonly call: (method: string, path: string, body?: unknown, as?: string | null) => Promise<IamAnswer>;
  /** The same, where anything but 200 fails the test at once. */
  readonly must: (method: string, path: string, body?: unknown, as?: string) => Promise<any>;
  readonly addUser: (name: string, email?: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function startIam(kind: DatabaseUnderTest, config: Record<string, unknown> = {}): Promise<IamUnderTest> {
  // The server's certificate begins at this time, and the client that checks it has the real one.
  const clock = { now: Date.now() };
  const database = await kind.create();
  const server = await startTestServer(database, { now: () => clock.now, config });
  const { db, organizationId, projectId } = server;
  const tenant = await insertOrganization(db, "foreign", clock.now);
  const theirs = await insertProject(db, { organizationId: tenant.id, name: "theirs" }, clock.now);
  const other = await insertProject(db, { organizationId, name: "other" }, clock.now);

  async function mint(role: AssignableRole, place: { organizationId: string; projectId: string | null }) {
    const name = `test-${role}-${place.projectId === null ? "all" : "one"}`;
    const principal = await insertPrincipal(db, { kind: "service_principal", name, role, ...place }, clock.now);
    return createToken(db, { ...place, principalId: principal.id, name: "test", expiresAt: null }, clock.now);
  }

  async function call(method: string, path: string, body?: unknown, as: string | null = tokens.admin) {
    return server.fetch(path, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  const tokens = {
    admin: server.bootstrap.admin.token,
    contributor: await mint("contributor", { organizationId, projectId: null }),
    viewer: await mint("viewer", { organizationId, projectId: null }),
    elsewhere: await mint("admin", { organizationId, projectId: other.id }),
    foreign: await mint("admin", { organizationId: tenant.id, projectId: null }),
  };
  return {
    server,
    clock,
    organizationId,
    projectId,
    otherProjectId: other.id,
    foreign: { organizationId: tenant.id, projectId: theirs.id },
    tokens,
    call,
    async must(method, path, body, as) {
      const answer = await call(method, path, body, as);
      if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer.json;
    },
    async addUser(name, email) {
      const user = {
        kind: "user",
        organizationId,
        projectId: null,
        name,
        ...(email === undefined ? {} : { email }),
      } as const;
      return (await insertPrincipal(db, user, clock.now)).id;
    },
    async close() {
      await server.close();
      await database.close();
    },
  };
}
