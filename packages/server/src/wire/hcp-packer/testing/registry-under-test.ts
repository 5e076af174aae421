import { createToken, type AssignableRole } from "../../../features/access/index.ts";
import { insertOrganization } from "../../../features/organizations/index.ts";
import { insertPrincipal } from "../../../features/principals/index.ts";
import { insertProject } from "../../../features/projects/index.ts";
import type { ServerOptions } from "../../../start-server.ts";
import type { DatabaseUnderTest } from "../../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../../testing/index.ts";

export interface Answer {
  readonly status: number;
  readonly json: any;
}

interface CallOptions {
  readonly body?: unknown;
  /** A bearer token; null: none. Default: the contributor's. */
  readonly as?: string | null;
  /** What the client says it is, such as `packer/1.16.0`. */
  readonly client?: string;
}

interface PublishedBuild {
  readonly component?: string;
  readonly platform?: string;
  readonly artifacts?: readonly { readonly external_identifier: string; readonly region: string }[];
  readonly parent_version_id?: string;
  readonly parent_channel_id?: string;
  readonly labels?: Record<string, string>;
}

/** A server with one project to work in, and one of another tenant to be kept out of. The clock moves only by hand. */
export interface RegistryUnderTest {
  readonly server: TestServer;
  readonly clock: { now: number };
  /** The paths of the project, of another project of the organization, and of a project of another organization. */
  readonly project: string;
  readonly otherProject: string;
  readonly foreignProject: string;
  readonly ids: { readonly organizationId: string; readonly projectId: string };
  readonly tokens: {
    readonly admin: string;
    readonly contributor: string;
    readonly viewer: string;
    /** An administrator of another organization. */
    readonly foreign: string;
    /** A contributor who is confined to the other project. */
    readonly elsewhere: string;
  };
  /** A request below the project of `ids`, or to a whole path when it starts with `/packer`. */
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  /** The same, where anything but 200 fails the test at once. */
  readonly expect: (method: string, path: string, options?: CallOptions) => Promise<any>;
  /** Makes the bucket if need be and a version with these builds, all done. Returns the version. */
  readonly publish: (bucket: string, fingerprint: string, builds?: readonly PublishedBuild[]) => Promise<any>;
  /** A credential of a run of this organization. */
  readonly runToken: (runId: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function startRegistry(
  kind: DatabaseUnderTest,
  options: Pick<ServerOptions, "onStatement"> & { readonly config?: Record<string, unknown> } = {},
): Promise<RegistryUnderTest> {
  // The server's certificate begins at this time, and the client that checks it has the real one.
  const clock = { now: Date.now() };
  const database = await kind.create();
  const server = await startTestServer(database, { ...options, now: () => clock.now });
  const { db, organizationId, projectId } = server;

  async function mint(
    role: AssignableRole,
    place: { organizationId: string; projectId: string | null },
  ): Promise<string> {
    const name = `${role}-${place.projectId === null ? "all" : "one"}`;
    const principal = await insertPrincipal(db, { kind: "service_principal", name, role, ...place }, clock.now);
    return createToken(db, { ...place, principalId: principal.id, name: "test", expiresAt: null }, clock.now);
  }

  const foreignOrganization = await insertOrganization(db, "foreign", clock.now);
  const foreignProject = await insertProject(db, { organizationId: foreignOrganization.id, name: "theirs" }, clock.now);
  const otherProject = await insertProject(db, { organizationId, name: "other" }, clock.now);
  const tokens = {
    admin: server.bootstrap.admin.token,
    contributor: await mint("contributor", { organizationId, projectId: null }),
    viewer: await mint("viewer", { organizationId, projectId: null }),
    foreign: await mint("admin", { organizationId: foreignOrganization.id, projectId: null }),
    elsewhere: await mint("contributor", { organizationId, projectId: otherProject.id }),
  };
  const pathOf = (organization: string, project: string) =>
    `/packer/2023-01-01/organizations/${organization}/projects/${project}`;
  const project = pathOf(organizationId, projectId);

  async function call(method: string, path: string, { body, as = tokens.contributor, client }: CallOptions = {}) {
    return server.fetch(path.startsWith("/packer") ? path : project + path, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(client === undefined ? {} : { "x-hcp-source-channel": client }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function expectOk(method: string, path: string, callOptions?: CallOptions) {
    const answer = await call(method, path, callOptions);
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }

  return {
    server,
    clock,
    project,
    otherProject: pathOf(organizationId, otherProject.id),
    foreignProject: pathOf(foreignOrganization.id, foreignProject.id),
    ids: { organizationId, projectId },
    tokens,
    call,
    expect: expectOk,
    async publish(bucket, fingerprint, builds = [{}]) {
      const created = await call("PUT", "/buckets", { body: { name: bucket } });
      if (created.status !== 200 && created.json.code !== 6) throw new Error(JSON.stringify(created.json));
      await expectOk("POST", `/buckets/${bucket}/versions`, { body: { fingerprint, template_type: "HCL2" } });
      const version = `/buckets/${bucket}/versions/${fingerprint}`;
      const ids: string[] = [];
      for (const [index, { component }] of builds.entries()) {
        const body = { component_type: component ?? `test.source${index}`, status: "BUILD_UNSET", artifacts: null };
        ids.push((await expectOk("POST", `${version}/builds`, { body })).build.id);
      }
      for (const [index, { component, artifacts, ...content }] of builds.entries()) {
        void component;
        const id = `${bucket}-${fingerprint}-${index}`;
        const body = {
          status: "BUILD_DONE",
          platform: "aws",
          artifacts: artifacts ?? [{ external_identifier: id, region: "us-east-1" }],
          ...content,
        };
        await expectOk("PATCH", `${version}/builds/${ids[index]}`, { body });
      }
      return (await expectOk("GET", version)).version;
    },
    async runToken(runId) {
      return createToken(
        db,
        {
          organizationId,
          projectId,
          principalId: null,
          workspaceId: "ws-test",
          runId,
          name: "run",
          expiresAt: clock.now + 600_000,
        },
        clock.now,
      );
    },
    async close() {
      await server.close();
      await database.close();
    },
  };
}
