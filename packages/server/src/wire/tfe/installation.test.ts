import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("site administration on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;
  let stranger: string;
  let now = Date.parse("2026-01-01T00:00:00Z");
  const statements: string[] = [];
  beforeAll(async () => {
    database = await kind.create({ migrated: false });
    server = await startTestServer(database, { now: () => now, onStatement: ({ sql }) => statements.push(sql) });
    tfe = new TfeFixture(server);
    stranger = await tfe.strangerToken();
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const claim = (runner: string, ...engines: [name: string, version: string][]): Promise<unknown> =>
    tfe.runner("/jobs/claim", {
      runner,
      engines: engines.map(([name, version]) => ({ name, version })),
      wait_seconds: 0,
    });
  const versions = async (query = ""): Promise<string[]> =>
    (await tfe.must("GET", `admin/terraform-versions${query}`)).map((one: any) => one.id);
  const write = (type: string, attributes: unknown = {}): unknown => ({ data: { type, attributes } });

  describe("versions of engines", () => {
    it("are those that runners have, by version, with what they are and how many workspaces ask for them", async () => {
      await claim("one", ["tofu", "1.6.2"], ["terraform", "1.11.4"], ["terraform", "1.16.0-rc1"]);
      await claim("two", ["tofu", "1.6.2"], ["tofu", "1.11.4"], ["tofu", "1.11.4"]);
      expect(await versions()).toEqual(["terraform-1.11.4", "tofu-1.11.4", "terraform-1.16.0-rc1", "tofu-1.6.2"]);
      await tfe.createWorkspace("pinned", { "terraform-version": "1.11.4", engine: "terraform" });
      await tfe.createWorkspace("constrained", { "terraform-version": "~> 1.11.0", engine: "terraform" });
      expect(await tfe.must("GET", "admin/terraform-versions/terraform-1.11.4")).toEqual({
        id: "terraform-1.11.4",
        type: "terraform-versions",
        attributes: {
          engine: "terraform",
          version: "1.11.4",
          official: true,
          beta: false,
          enabled: true,
          deprecated: false,
          "deprecated-reason": null,
          usage: 1,
          "created-at": "2026-01-01T00:00:00.000Z",
          url: null,
          sha: null,
          archs: [],
        },
      });
      const beta = await tfe.must("GET", "admin/terraform-versions/terraform-1.16.0-rc1");
      expect(beta.attributes).toMatchObject({ beta: true, official: false, usage: 0 });
    });

    it("are found whole or by a part of the version, and paged", async () => {
      expect(await versions("?filter[version]=1.11.4")).toEqual(["terraform-1.11.4", "tofu-1.11.4"]);
      expect(await versions("?filter[version]=1.11")).toEqual([]);
      expect(await versions("?search[version]=1.1")).toHaveLength(3);
      expect(await versions("?page[size]=3&page[number]=2")).toEqual(["tofu-1.6.2"]);
      const beyond = await tfe.api("GET", "admin/terraform-versions?page[number]=999&page[size]=100");
      expect(beyond.json).toMatchObject({
        data: [],
        meta: { pagination: { "current-page": 999, "total-count": 4, "next-page": null } },
      });
      expect((await tfe.api("GET", "admin/terraform-versions/tofu-9.9.9")).status).toBe(404);
      expect((await tfe.api("GET", "admin/terraform-versions/random-id")).status).toBe(404);
    });

    it("are written down when they change, and once in an hour when they do not", async () => {
      const writes = async (...engines: [string, string][]): Promise<number> => {
        statements.length = 0;
        await claim("three", ...engines);
        return statements.filter((sql) => sql.includes("runner_engines")).length;
      };
      expect(await writes(["tofu", "1.7.0"])).toBeGreaterThan(0);
      expect(await writes(["tofu", "1.7.0"])).toBe(0);
      expect(await writes(["tofu", "1.7.1"])).toBeGreaterThan(0);
      expect(await versions("?search[version]=1.7.")).toEqual(["tofu-1.7.1"]);
      now += 3_600_000;
      expect(await writes(["tofu", "1.7.1"])).toBeGreaterThan(0);
    });

    it("are gone a day after the last runner that had them", async () => {
      now += 20 * 3_600_000;
      await claim("one", ["tofu", "1.6.2"]);
      now += 5 * 3_600_000;
      expect(await versions()).toEqual(["tofu-1.6.2"]);
    });
  });

  it("tells of the one OPA that is built in, and of no Sentinel", async () => {
    const [opa, ...others] = await tfe.must("GET", "admin/opa-versions");
    expect(others).toEqual([]);
    expect(opa).toMatchObject({ type: "opa-versions", attributes: { enabled: true, official: true } });
    expect(await tfe.must("GET", `admin/opa-versions/${opa.id}`)).toEqual(opa);
    expect(await tfe.must("GET", "admin/opa-versions?filter[version]=0.1.0")).toEqual([]);
    expect(await tfe.must("GET", "admin/opa-versions?page[number]=2")).toEqual([]);
    expect(await tfe.must("GET", "admin/sentinel-versions")).toEqual([]);
    expect((await tfe.api("GET", "admin/sentinel-versions/sentinel-0.22.1")).status).toBe(404);
  });

  it.each([
    ["terraform-versions", "download-engines"],
    ["opa-versions", "built with"],
    ["sentinel-versions", "does not evaluate Sentinel"],
  ])("makes, changes and deletes no %s, and says what to do instead", async (type, words) => {
    const made = write(type, { version: "1.2.3", url: "https://example.com", sha: "x" });
    for (const [method, path] of [
      ["POST", `admin/${type}`],
      ["PATCH", `admin/${type}/some`],
      ["DELETE", `admin/${type}/some`],
    ] as const) {
      const answer = await tfe.api(method, path, method === "DELETE" ? undefined : made);
      expect(answer.status).toBe(422);
      expect(answer.json.errors[0].detail).toContain(words);
    }
  });

  describe("an organization", () => {
    it("can be told what is so for all, also by a site administrator who is not in it", async () => {
      const other = (await tfe.api("GET", "organizations", undefined, { token: stranger })).json.data[0].id as string;
      const path = `admin/organizations/${other}`;
      const told = await tfe.must("PATCH", path, write("organizations", { "access-beta-tools": true }));
      expect(told).toMatchObject({
        id: other,
        type: "organizations",
        attributes: { "access-beta-tools": true, "is-disabled": false, "workspace-limit": null, "plan-timeout": "4h" },
      });
      expect(await tfe.must("GET", path)).toEqual(told);
      expect((await tfe.api("GET", "admin/organizations/nowhere")).status).toBe(404);
    });

    it.each([
      ["access-beta-tools", false],
      ["global-module-sharing", true],
      ["is-disabled", true],
      ["apply-timeout", "24h"],
      ["terraform-worker-sudo-enabled", true],
      ["workspace-limit", 5],
    ])("cannot have %s set to %s", async (name, value) => {
      const path = `admin/organizations/${tfe.organization}`;
      const answer = await tfe.api("PATCH", path, write("organizations", { [name]: value }));
      expect(answer.status).toBe(422);
      expect(answer.json.errors[0].detail).toContain(`${name} cannot be set to this`);
    });
  });

  it("is there for administrators of the organization that the server was made with, and for nobody else", async () => {
    for (const path of ["terraform-versions", "opa-versions", `organizations/${tfe.organization}`]) {
      const ask = async (token: string): Promise<number> =>
        (await tfe.api("GET", `admin/${path}`, undefined, { token })).status;
      expect(await ask(await tfe.tokenOf("admin"))).toBe(200);
      expect(await ask(stranger)).toBe(404);
      expect(await ask(await tfe.tokenOf("contributor"))).toBe(403);
    }
  });
});
