import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveServerConfig } from "../config/server-config.ts";
import type { Db } from "../db/database.ts";
import { installationTrail, listRecords, readHead } from "../features/audit/index.ts";
import { createLogger } from "../platform/logger.ts";
import { createOutboundClient } from "../platform/outbound/index.ts";
import { createUrlSigner } from "../platform/url-signer.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../testing/index.ts";
import { TfeFixture } from "../testing/tfe-fixture.ts";
import { isAct } from "../wire/shared/audited.ts";
import { wire } from "../wiring.ts";

const mark = "MARKED-SECRET-0123456789";
const unused = { begin: () => {}, finish: () => {}, remove: () => {}, list: () => [], close: () => {} };

/** Every row of every plane's table. */
const routes = wire({
  db: {} as Db,
  blobs: {} as never,
  sealer: {} as never,
  signer: createUrlSigner(new Uint8Array(32), Date.now),
  now: Date.now,
  logger: createLogger("silent"),
  config: resolveServerConfig([]),
  outbound: createOutboundClient({ allowPrivate: [], timeoutMs: 1 }),
  mailer: undefined,
  publicUrl: () => "https://ingot.example",
  auditJournals: { own: unused, leftBehind: [] },
  wakeJobs: () => {},
} as unknown as Parameters<typeof wire>[0]).planes.flatMap((plane) =>
  plane.routes.map((route) => ({ ...route, plane: plane.name, url: (route.prefix ?? plane.prefixes[0]) + route.path })),
);

type Row = (typeof routes)[number];

const attributes = (type: string, values: object) => ({ data: { type, attributes: values } });

/** Bodies with which a write succeeds, with a secret wherever one has its place. */
const bodies: Readonly<Record<string, (ids: Record<string, string>) => unknown>> = {
  CreateBucket: () => ({ name: "walked", description: mark, labels: { note: mark } }),
  UpdateBucket: () => ({ description: mark }),
  CreateVersion: () => ({ fingerprint: "walked" }),
  UpdateVersion: () => ({}),
  CreateBuild: () => ({ component_type: "null.walked", labels: { note: mark } }),
  UpdateBuild: () => ({ status: "BUILD_RUNNING", platform: "aws", labels: { note: mark } }),
  CreateChannel: () => ({ name: "walked" }),
  UpdateChannel: () => ({ update_mask: "restricted", restricted: true }),
  "workspace.create": () => attributes("workspaces", { name: "walked", description: mark }),
  "workspace.update": () => attributes("workspaces", { description: mark }),
  "workspace.lock": () => attributes("", { reason: mark }),
  "variable.create": () => attributes("vars", { key: "walked", value: mark, category: "env", sensitive: true }),
  "variable.update": () => attributes("vars", { key: "there", value: mark, description: mark }),
  "notification-configuration.create": () =>
    attributes("notification-configurations", {
      name: "walked",
      "destination-type": "generic",
      url: `https://example.com/${mark}`,
      token: mark,
      enabled: false,
    }),
  "configuration-version.create": () => attributes("configuration-versions", {}),
  "runner-token.create": () => ({ name: "walked" }),
  "session.start": () => ({ token: mark }),
};

/** Acts that this walk must see done, so that it cannot pass by being refused everywhere. */
const mustSucceed = [
  "CreateBucket",
  "CreateVersion",
  "CreateBuild",
  "CreateChannel",
  "UpdateChannel",
  "DeleteChannel",
  "DeleteBucket",
  "workspace.create",
  "workspace.lock",
  "workspace.unlock",
  "variable.create",
  "variable.update",
  "notification-configuration.create",
  "configuration-version.create",
  "runner-token.create",
  "session.end",
];

/** Every POST that only reads. Whoever adds one makes sure that it changes nothing. */
const reads = [
  "IamService_ListUserPrincipalsForOrganizationByEmail",
  "IamService_SearchPrincipals",
  "OrganizationService_TestIamPermissions",
  "ProjectService_TestIamPermissions",
  "SearchExternalArtifact",
  "SearchImageByLabels",
  "invitation.open",
  "organization.subscribe",
];

describe("the routes that say of themselves that they only read", () => {
  const rows = routes.filter((route) => route.reads === true);

  it("are the searches and questions that arrive by POST, and no other", () => {
    expect(rows.map(({ audit }) => audit).sort()).toEqual(reads);
    expect(new Set(rows.map(({ method }) => method))).toEqual(new Set(["POST"]));
  });

  it("are no acts, whatever they are sent", () => {
    expect(rows.filter((route) => isAct(route, { any: "body" }))).toEqual([]);
  });
});

describe.each(databasesUnderTest())("every route of every plane on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let viewer: string;
  const ids: Record<string, string> = {};
  const clock = { now: Date.now() };
  const done = new Set<string>();

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database, { now: () => clock.now });
    const tfe = new TfeFixture(server);
    viewer = await tfe.tokenOf("viewer");
    const workspace = await tfe.createWorkspace("walk");
    // Of another workspace, which it holds.
    const run = await tfe.plannedRun((await tfe.createWorkspace("walk-run")).id);
    const variable = await tfe.must(
      "POST",
      `workspaces/${workspace.id}/vars`,
      attributes("vars", { key: "there", value: mark, category: "env", sensitive: true }),
    );
    Object.assign(ids, {
      organization: tfe.organization,
      organization_id: server.organizationId,
      project_id: server.projectId,
      workspace_id: workspace.id,
      workspace_name: "walk",
      run_id: run.id,
      variable_id: variable.id,
      bucket_name: "walked",
      fingerprint: "walked",
      channel_name: "walked",
    });
    await server.settle();
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  async function sequences(): Promise<{ own: number; installation: number }> {
    const [own, installation] = await Promise.all([
      readHead(server.db, server.organizationId),
      readHead(server.db, installationTrail),
    ]);
    return { own: own.sequence, installation: installation.sequence };
  }

  /** Sends it, and returns what the trails have of it. */
  async function send(route: Row, token: string | null) {
    // So that refusals of nobody stay below what is recorded one by one.
    clock.now += 2000;
    const path = route.url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(ids[name] ?? "missing"));
    const body = route.method === "GET" ? undefined : (bodies[route.audit]?.(ids) ?? (route.body && {}));
    const form = route.plane === "hcp-auth";
    const before = await sequences();
    const answer = await server.fetch(`${path}?secret=${mark}`.replace(/\?.*/, route.query === undefined ? "$&" : ""), {
      method: route.method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined
          ? {}
          : { "content-type": form ? "application/x-www-form-urlencoded" : "application/json" }),
      },
      ...(body === undefined
        ? {}
        : { body: form ? `grant_type=client_credentials&client_id=x&client_secret=${mark}` : JSON.stringify(body) }),
    });
    const after = await sequences();
    const read = (trail: string, from: number) =>
      listRecords(server.db, { trail }, { order: "oldest", after: from, limit: 10 });
    const records = [
      ...(await read(server.organizationId, before.own)),
      ...(await read(installationTrail, before.installation)),
    ];
    expect(records).toHaveLength(after.own - before.own + after.installation - before.installation);
    return { answer, body, records };
  }

  const named = (rows: readonly Row[]) => rows.map((route) => [`${route.method} ${route.url}`, route] as const);

  it.each(named(routes.filter(({ needs }) => needs !== "public" && needs !== "signed-link")))(
    "%s leaves a record when a caller with a wrong credential is kept out",
    async (_name, route) => {
      const { answer, records } = await send(route, mark);
      expect(answer.status).toBe(401);
      expect(records).toMatchObject([
        {
          trail: installationTrail,
          action: route.audit,
          outcome: "refused",
          status: 401,
          actor: { kind: "anonymous" },
        },
      ]);
    },
  );

  it.each(named(routes.filter(({ plane, url }) => plane !== "runner" && !url.endsWith("/stream"))))(
    "%s leaves a record of a viewer exactly when it is a write or keeps the viewer out",
    async (_name, route) => {
      const { answer, body, records } = await send(route, viewer);
      const keptOut = answer.status === 401 || answer.status === 403;
      if (keptOut || isAct(route, body)) {
        expect(records).toMatchObject([
          {
            action: route.audit,
            status: answer.status,
            outcome: answer.status < 300 ? "ok" : answer.status < 500 || answer.status === 501 ? "refused" : "failed",
            code: answer.status < 300 ? null : expect.stringMatching(/^[a-z_]+$/),
          },
        ]);
      } else expect(records).toEqual([]);
    },
  );

  it.each(named(routes.filter(({ url }) => !url.endsWith("/stream")).sort(creationsFirst)))(
    "%s leaves a record of an administrator exactly when it is a write or is refused as one",
    async (_name, route) => {
      const { answer, body, records } = await send(route, server.bootstrap.admin.token);
      if (isAct(route, body) || answer.status === 401 || answer.status === 403) {
        expect(records).toMatchObject([{ action: route.audit, status: answer.status }]);
        if (answer.status < 300) done.add(route.audit);
        remember(route, answer.json);
      } else expect(records).toEqual([]);
    },
  );

  it("has seen enough acts that were done", () => {
    expect(mustSucceed.filter((name) => !done.has(name))).toEqual([]);
    expect(done.size).toBeGreaterThan(25);
  });

  it("puts no secret into the trail: none that was sent, and none that was given out", async () => {
    const texts: string[] = [];
    for (const trail of [server.organizationId, installationTrail]) {
      const rows = await server.db.selectFrom("audit_records").select("record").where("trail", "=", trail).execute();
      texts.push(...rows.map(({ record }) => record));
    }
    expect(texts.length).toBeGreaterThan(300);
    const all = texts.join("\n");
    expect(all).not.toContain(mark);
    expect(all).not.toMatch(/ingot_[A-Za-z0-9_-]{20}|ingotsp_[A-Za-z0-9_-]{20}|eyJ[A-Za-z0-9_-]{10}/);
    expect(all).not.toContain(server.bootstrap.admin.token);
    expect(all).not.toContain(server.bootstrap.service_principal.client_secret);
  });

  /** What later routes are about. */
  function remember(route: Row, json: any): void {
    if (route.audit === "CreateBuild" && json?.build !== undefined) ids["build_id"] = json.build.id;
    if (route.audit === "notification-configuration.create" && json?.data !== undefined) {
      ids["notification_configuration_id"] = json.data.id;
    }
  }
});

/** Things are made before they are changed, and deleted last; what is inside before what it is in. */
function creationsFirst(a: Row, b: Row): number {
  const rank = ({ method, audit }: Row) =>
    method === "GET" ? 0 : /^create|\.create$/i.test(audit) ? 1 : /delete/i.test(method + audit) ? 3 : 2;
  const inside = (row: Row) => (row.method === "DELETE" ? -1 : 1) * row.path.split("/").length;
  return rank(a) - rank(b) || inside(a) - inside(b);
}
