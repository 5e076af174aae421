import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken } from "../../features/access/index.ts";
import { databasesUnderTest, startTestServer, type TestDatabase, type TestServer } from "../../testing/index.ts";
import { aState, TfeFixture } from "../../testing/tfe-fixture.ts";

describe.each(databasesUnderTest())("organizations on $name", (kind) => {
  let database: TestDatabase;
  let server: TestServer;
  let tfe: TfeFixture;

  beforeAll(async () => {
    database = await kind.create();
    server = await startTestServer(database);
    tfe = new TfeFixture(server);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  const bodyOf = (attributes: object) => ({ data: { type: "organizations", attributes } });
  const workspaceBody = (name: string) => ({ data: { type: "workspaces", attributes: { name } } });
  let made = 0;
  async function anOrganization(): Promise<any> {
    const name = `acme-${made++}`;
    const answer = await tfe.api("POST", "organizations", bodyOf({ name, email: `it@${name}.example` }));
    expect(answer.status).toBe(201);
    return answer.json.data;
  }
  const rowOf = async (name: string) =>
    server.db.selectFrom("organizations").selectAll().where("name", "=", name).executeTakeFirstOrThrow();

  it("have everything without a plan: any plan is the same feature set, and no limit is kept", async () => {
    const { id } = await anOrganization();
    const [found, ...others] = await tfe.must("GET", "admin/feature-sets?q=Business");
    expect(others).toEqual([]);
    const subscribe = (featureSet: string) =>
      tfe.api("POST", `admin/organizations/${id}/subscription`, {
        data: {
          type: "subscription",
          attributes: { "runs-ceiling": 1 },
          relationships: { "feature-set": { data: { type: "feature-sets", id: featureSet } } },
        },
      });
    const subscribed = await subscribe(found.id);
    expect(subscribed.json.data).toMatchObject({ attributes: { "runs-ceiling": null, "end-at": null } });
    const refused = await subscribe("fs-business");
    expect(refused.status).toBe(422);
    expect(refused.json.errors[0].detail).toContain("fs-ingot");
  });

  describe("making one", () => {
    it("gives its maker everything in it, with a project, and nobody else anything", async () => {
      const organization = await anOrganization();
      expect(organization).toMatchObject({
        type: "organizations",
        attributes: { "default-execution-mode": "remote", permissions: { "can-destroy": true, "can-update": true } },
      });
      const { id } = organization;
      const projects = await tfe.must("GET", `organizations/${id}/projects`);
      expect(projects.map((one: any) => one.attributes.name)).toEqual(["Default Project"]);
      expect(organization.relationships["default-project"].data.id).toBe(projects[0].id);
      const workspace = await tfe.must("POST", `organizations/${id}/workspaces`, workspaceBody("net"));
      expect(workspace.relationships.organization.data.id).toBe(id);
      expect((await tfe.must("GET", `workspaces/${workspace.id}`)).id).toBe(workspace.id);
      const stranger = await tfe.strangerToken();
      const viewer = await tfe.tokenOf("viewer");
      for (const token of [stranger, viewer]) {
        for (const path of [`organizations/${id}`, `organizations/${id}/workspaces`, `workspaces/${workspace.id}`]) {
          expect((await tfe.api("GET", path, undefined, { token })).status).toBe(404);
        }
      }
    });

    it("is up to persons who own one", async () => {
      const body = bodyOf({ name: "not-mine", email: "a@b.example" });
      for (const role of ["viewer", "admin"] as const) {
        const refused = await tfe.api("POST", "organizations", body, { token: await tfe.tokenOf(role) });
        expect(refused.status).toBe(403);
        expect(refused.json.errors[0].detail).toContain("organization-creators");
      }
    });

    it.each([
      [{ name: "x", email: "a@b.example" }, "3 to 40 letters"],
      [{ name: "with space", email: "a@b.example" }, "3 to 40 letters"],
      [{ name: "no-mail", email: "nobody" }, "not an address"],
      [
        { name: "two-factor", email: "a@b.example", "collaborator-auth-policy": "two_factor_mandatory" },
        "second factor",
      ],
      [{ name: "own-keys", email: "a@b.example", "enforce-hyok": true }, "enforce-hyok"],
      [{ name: "agents", email: "a@b.example", "default-execution-mode": "agent" }, "Default agent pool must be"],
    ])("refuses %j", async (attributes, words) => {
      const refused = await tfe.api("POST", "organizations", bodyOf(attributes));
      expect(refused.status).toBe(422);
      expect(refused.json.errors[0].detail).toContain(words);
    });

    it("have no default agent pool but one of their own", async () => {
      const { id } = await anOrganization();
      const pool = await tfe.must("POST", `organizations/${tfe.organization}/agent-pools`, {
        data: { type: "agent-pools", attributes: { name: `pool-of-another-${id}` } },
      });
      for (const poolId of [pool.id, "apool-aaaaaaaaaaaaaaaa"]) {
        const body = {
          data: {
            type: "organizations",
            attributes: { name: `x${id}`.slice(0, 40), email: "a@b.example", "default-execution-mode": "agent" },
            relationships: { "default-agent-pool": { data: { type: "agent-pools", id: poolId } } },
          },
        };
        for (const [method, path] of [
          ["PATCH", `organizations/${id}`],
          ["POST", "organizations"],
        ] as const) {
          const refused = await tfe.api(method, path, body);
          expect(refused.status).toBe(422);
          expect(refused.json.errors[0].detail).toContain("does not exist");
        }
      }
    });

    it("refuses a name that is taken", async () => {
      const { id } = await anOrganization();
      expect((await tfe.api("POST", "organizations", bodyOf({ name: id, email: "a@b.example" }))).status).toBe(422);
    });
  });

  it("have their runs done by the runner that comes with the server, and by none of another organization", async () => {
    const { id } = await anOrganization();
    const workspace = await tfe.must("POST", `organizations/${id}/workspaces`, workspaceBody("run-here"));
    await tfe.createRun(workspace.id);
    const foreign = await tfe.runnerTokenOf(`foreign-${id}`);
    const request = { runner: "foreign", engines: [{ name: "tofu", version: "1.6.2" }], wait_seconds: 0 };
    expect((await tfe.runner("/jobs/claim", request, foreign)).json).toEqual({ job: null });
    const job = await tfe.mustClaim();
    expect(job.workspace).toMatchObject({ id: workspace.id, organization: id });
    expect((await tfe.finishPlan(job)).status).toBe(200);
  });

  it("are listed to those who are in them", async () => {
    const { id } = await anOrganization();
    const mine = await tfe.must("GET", "organizations");
    expect(mine.map((one: any) => one.id)).toEqual(expect.arrayContaining([id, tfe.organization]));
    const found = await tfe.must("GET", `organizations?q=${encodeURIComponent(`IT@${id}.example`)}`);
    expect(found.map((one: any) => one.id)).toEqual([id]);
    const paged = await tfe.api("GET", "organizations?page%5Bsize%5D=1&page%5Bnumber%5D=2");
    expect(paged.json.data).toHaveLength(1);
    expect(paged.json.meta.pagination).toMatchObject({ "current-page": 2, "page-size": 1 });
    const theirs = await tfe.api("GET", "organizations", undefined, { token: await tfe.tokenOf("viewer") });
    expect(theirs.json.data.map((one: any) => one.id)).toEqual([tfe.organization]);
  });

  it("keep what is set, under another name too", async () => {
    const { id } = await anOrganization();
    const change = {
      name: `${id}-renamed`,
      email: "new@acme.example",
      "session-timeout": 30,
      "session-remember": 60,
      "default-execution-mode": "local",
      "assessments-enforced": true,
    };
    const updated = await tfe.must("PATCH", `organizations/${id}`, bodyOf(change));
    expect(updated).toMatchObject({ id: change.name, attributes: change });
    expect(await tfe.must("GET", `organizations/${change.name}`)).toEqual(updated);
    expect((await tfe.api("GET", `organizations/${id}`)).status).toBe(404);
    const unchanged = await tfe.must("PATCH", `organizations/${change.name}`, bodyOf({}));
    expect(unchanged).toEqual(updated);
  });

  describe("deleting one", () => {
    it("takes everything in it away, at once from sight and then piece by piece, and leaves persons who are elsewhere", async () => {
      const { id: name } = await anOrganization();
      const { id } = await rowOf(name);
      const workspaces = [];
      for (let i = 0; i < 25; i++) {
        workspaces.push(await tfe.must("POST", `organizations/${name}/workspaces`, workspaceBody(`w${i}`)));
      }
      const [first] = workspaces;
      await tfe.storeState(first.id, aState(1));
      const blobs = await server.db.selectFrom("state_versions").select("blob_key").execute();
      expect(blobs).toHaveLength(1);
      const run = await tfe.createRun(first.id);
      // Whoever was at home there and is in no other organization goes with it.
      const home = { kind: "user", organization_id: id, project_id: null, email: null, created_at: 0 } as const;
      await server.db
        .insertInto("principals")
        .values([
          { ...home, id: "user-onlythere", name: `only-${name}` },
          { ...home, id: "user-elsewhere", name: `also-${name}` },
        ])
        .execute();
      const membership = { principal_id: "user-elsewhere", status: "active", email: "", created_at: 0 };
      await server.db
        .insertInto("organization_memberships")
        .values({ ...membership, id: "ou-elsewhere", organization_id: server.organizationId })
        .execute();
      const tokenOf = (principalId: string) =>
        createToken(server.db, { organizationId: id, projectId: null, principalId, name: "test", expiresAt: null }, 0);
      const [only, also] = [await tokenOf("user-onlythere"), await tokenOf("user-elsewhere")];
      const works = async (token: string) => (await tfe.api("GET", "account/details", undefined, { token })).status;
      expect([await works(only), await works(also)]).toEqual([200, 200]);

      const policies = `organizations/${name}/policies`;
      const policy = await tfe.must("POST", policies, {
        data: { type: "policies", attributes: { name: "p", kind: "opa", query: "data.p.deny" } },
      });
      const put = await tfe.api("PUT", `policies/${policy.id}/upload`, "package p", {
        headers: { "content-type": "application/octet-stream" },
      });
      expect(put.status).toBe(200);
      const codeOf = () => readdir(join(server.dataDir, "blobs", "policies", policy.id)).catch(() => []);
      expect(await codeOf()).toHaveLength(1);

      expect((await tfe.api("DELETE", `organizations/${name}`)).status).toBe(204);

      expect((await tfe.api("GET", `organizations/${name}`)).status).toBe(404);
      expect((await tfe.api("GET", `workspaces/${first.id}`)).status).toBe(404);
      expect((await tfe.api("GET", `runs/${run.id}`)).status).toBe(404);
      expect([await works(only), await works(also)]).toEqual([401, 200]);
      // The name is free.
      expect((await tfe.api("POST", "organizations", bodyOf({ name, email: "a@b.example" }))).status).toBe(201);
      await server.settle();
      const count = async (table: "organizations" | "workspaces" | "events") =>
        Number(
          (
            await server.db
              .selectFrom(table)
              .select((e) => e.fn.countAll().as("n"))
              .where(table === "organizations" ? "id" : ("organization_id" as never), "=", id)
              .executeTakeFirstOrThrow()
          ).n,
        );
      expect([await count("workspaces"), await count("events"), await count("organizations")]).toEqual([0, 0, 0]);
      const people = await server.db.selectFrom("principals").select(["id", "organization_id"]).execute();
      expect(people.map((one) => one.id)).not.toContain("user-onlythere");
      expect(people).toContainEqual({ id: "user-elsewhere", organization_id: server.organizationId });
      expect(
        (await server.db.selectFrom("jobs").selectAll().where("kind", "=", "remove-organization").execute()).length,
      ).toBe(0);
      expect(await works(also)).toBe(200);
      expect(await codeOf()).toEqual([]);
    });

    it("is refused for the one that runs the server, and to those who do not own it", async () => {
      const refused = await tfe.api("DELETE", `organizations/${tfe.organization}`);
      expect(refused.status).toBe(422);
      expect(refused.json.errors[0].detail).toContain("runs it");
      const contributor = await tfe.tokenOf("contributor");
      expect(
        (await tfe.api("DELETE", `organizations/${tfe.organization}`, undefined, { token: contributor })).status,
      ).toBe(403);
    });

    it("is told by the trail of the installation, as is making one", async () => {
      const { id } = await anOrganization();
      await tfe.must("DELETE", `organizations/${id}`);
      const rows = await server.db
        .selectFrom("audit_records")
        .select(["trail", "action"])
        .where("outcome", "=", "ok")
        .execute();
      const acts = rows.filter(({ action }) => ["organization.create", "organization.delete"].includes(action));
      expect(new Set(acts.map(({ trail }) => trail))).toEqual(new Set(["installation"]));
    });
  });

  describe("the account", () => {
    it("of a person is changed by that person, and known to those it shares an organization with", async () => {
      const token = await tfe.tokenOf("viewer");
      const api = (method: string, path: string, body?: unknown) => tfe.api(method, path, body, { token });
      const { id } = (await api("GET", "account/details")).json.data;
      const change = (attributes: object) => api("PATCH", "account/update", { data: { type: "users", attributes } });
      expect((await change({ username: "grace", email: "grace@navy.example" })).json.data.attributes).toMatchObject({
        username: "grace",
        email: "grace@navy.example",
      });
      expect((await tfe.must("GET", `users/${id}`)).attributes.username).toBe("grace");
      const stranger = await tfe.strangerToken();
      expect((await tfe.api("GET", `users/${id}`, undefined, { token: stranger })).status).toBe(404);
      for (const [attributes, words] of [
        [{ username: "admin" }, "taken"],
        [{ username: "a b" }, "letters"],
        [{ email: "nobody" }, "not an address"],
      ] as const) {
        const refused = await change(attributes);
        expect(refused.status).toBe(422);
        expect(refused.json.errors[0].detail).toContain(words);
      }
    });

    it("may not take the address of somebody else", async () => {
      const [one, other] = [await tfe.tokenOf("viewer"), await tfe.tokenOf("viewer")];
      const body = { data: { type: "users", attributes: { email: "same@acme.example" } } };
      expect((await tfe.api("PATCH", "account/update", body, { token: one })).status).toBe(200);
      expect((await tfe.api("PATCH", "account/update", body, { token: other })).status).toBe(422);
    });
  });
});
