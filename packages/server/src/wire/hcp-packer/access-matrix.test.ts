import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken, findActorByToken, grantRole, roleMay, type Permission } from "../../features/access/index.ts";
import { getBucket } from "../../features/buckets/index.ts";
import { insertPrincipal } from "../../features/principals/index.ts";
import { databasesUnderTest } from "../../testing/index.ts";
import { createHcpPackerPlane } from "./plane.ts";
import type { HcpPackerDeps } from "./packer-deps.ts";
import { bodies } from "./testing/operation-bodies.ts";
import { startRegistry, type Answer, type RegistryUnderTest } from "./testing/registry-under-test.ts";

const routes = createHcpPackerPlane({} as HcpPackerDeps).routes.map((route) => ({
  ...route,
  needs: route.needs as Permission,
  below: route.path.replace(/^.*:project_id/, ""),
  api: route.path.split("/")[1] ?? "",
}));
const ofBuckets = routes.filter((route) => route.below.includes(":bucket_name"));
// These two answer with what their caller may see of the project.
const filtered = ["ListBuckets", "SearchExternalArtifact"];
const ofProjects = routes.filter((route) => !ofBuckets.includes(route) && !filtered.includes(route.audit));
const lowerRoles = ["viewer", "browser", "project-creator"] as const;

// HCP answers these two so when the bucket is missing.
const missing = (audit: string) =>
  audit === "GetVersion" || audit === "UpdateVersion" ? { status: 409, code: 10 } : { status: 404, code: 5 };

/** Every served route, by every kind of caller whose role is too low, or elsewhere. */
describe.each(databasesUnderTest())("the access matrix of the registry on $name", (kind) => {
  let registry: RegistryUnderTest;
  const tokens = new Map<string, string>();
  beforeAll(async () => {
    registry = await startRegistry(kind);
    for (const bucket of ["there", "theirs"]) await registry.publish(bucket, "fp");
    const { db } = registry.server;
    const place = registry.ids;
    const reader = { ...(await actorOf(registry)), needs: null };
    const bucketIdOf = async (name: string) => (await getBucket(db, reader, { ...place, name })).id;
    const [ours, theirs] = [await bucketIdOf("there"), await bucketIdOf("theirs")];
    const { organizationId } = place;
    for (const role of ["contributor", "viewer", "browser", "project-creator"] as const) {
      await mint(`organization ${role}`, (member) =>
        grantRole(db, { kind: "organization", organizationId }, role, member),
      );
      await mint(`project ${role}`, (member) => grantRole(db, { kind: "project", ...place }, role, member));
    }
    for (const role of ["admin", "contributor", "viewer"] as const) {
      const grantAt = (bucketId: string) => (member: { principalId: string }) =>
        grantRole(db, { kind: "bucket", organizationId, bucketId }, role, member);
      await mint(`bucket ${role}`, grantAt(ours));
      await mint(`other bucket ${role}`, grantAt(theirs));
    }
    await mint("nobody", () => Promise.resolve());
  });
  afterAll(() => registry.close());

  async function mint(name: string, grant: (member: { principalId: string }) => Promise<void>): Promise<void> {
    const { db, organizationId } = registry.server;
    const principal = await insertPrincipal(
      db,
      { kind: "service_principal", organizationId, projectId: null, name: `matrix ${name}` },
      0,
    );
    await grant({ principalId: principal.id });
    const token = { organizationId, projectId: null, principalId: principal.id, name: "test", expiresAt: null };
    tokens.set(name, await createToken(db, token, 0));
  }

  async function send(route: (typeof routes)[number], who: string): Promise<Pick<Answer, "status"> & { code: number }> {
    const path = route.below
      .replace(":bucket_name", "there")
      .replace(":fingerprint", "fp")
      .replace(":channel_name", "latest")
      .replace(/:[a-z_]+/g, "01HZZZZZZZZZZZZZZZZZZZZZZZ");
    const hasBody = route.method !== "GET" && route.method !== "DELETE";
    const as = tokens.get(who) as string;
    const answer = await registry.call(route.method, registry.project.replace("2023-01-01", route.api) + path, {
      as,
      ...(hasBody ? { body: bodies[route.audit] ?? {} } : {}),
    });
    return { status: answer.status, code: answer.json.code };
  }

  it.each(routes)("$audit is refused to somebody without any role", async (route) => {
    expect(await send(route, "nobody")).toEqual({ status: 403, code: 7 });
  });

  for (const level of ["organization", "project", "bucket"] as const) {
    for (const role of lowerRoles) {
      if (level === "bucket" && role !== "viewer") continue;
      const refused = (level === "bucket" ? ofBuckets : routes).filter((route) => !roleMay(role, route.needs));
      it.each(refused)(`$audit is refused to the role ${role} at the ${level}`, async (route) => {
        expect(await send(route, `${level} ${role}`)).toEqual({ status: 403, code: 7 });
      });
    }
  }

  it.each(ofBuckets)("$audit answers somebody of another bucket as if ours were missing", async (route) => {
    expect(await send(route, "other bucket admin")).toEqual(missing(route.audit));
    const viewer = roleMay("viewer", route.needs) ? missing(route.audit) : { status: 403, code: 7 };
    expect(await send(route, "other bucket viewer")).toEqual(viewer);
  });

  it.each(ofProjects)("$audit is not for somebody of one bucket of the project", async (route) => {
    for (const role of ["contributor", "admin"]) {
      const { status } = await send(route, `bucket ${role}`);
      expect([403, 404]).toContain(status);
    }
  });

  it.each(ofBuckets.filter((route) => route.method === "GET" && roleMay("viewer", route.needs)))(
    "$audit lets in a viewer of the bucket, of the project and of the organization alike",
    async (route) => {
      const answers = await Promise.all(
        ["bucket", "project", "organization"].map((level) => send(route, `${level} viewer`)),
      );
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
    },
  );

  it("shows each caller exactly the buckets in which it has a role", async () => {
    const seen = async (who: string) =>
      (await registry.call("GET", "/buckets", { as: tokens.get(who) as string })).json.buckets?.map(
        (bucket: { name: string }) => bucket.name,
      );
    expect(await seen("project viewer")).toEqual(["theirs", "there"]);
    expect(await seen("bucket viewer")).toEqual(["there"]);
    expect(await seen("other bucket contributor")).toEqual(["theirs"]);
    expect(await seen("project browser")).toBeUndefined();
  });

  it("finds artifacts for each caller in exactly the buckets in which it has a role", async () => {
    const found = async (who: string, bucket: string) => {
      const body = { external_identifier: `${bucket}-fp-0` };
      const as = tokens.get(who) as string;
      return (await registry.call("POST", "/_search/external_artifact", { as, body })).json.artifacts?.length;
    };
    expect([await found("project viewer", "there"), await found("project viewer", "theirs")]).toEqual([1, 1]);
    expect([await found("bucket viewer", "there"), await found("bucket viewer", "theirs")]).toEqual([1, 0]);
    expect(await found("project browser", "there")).toBeUndefined();
  });
});

async function actorOf(registry: RegistryUnderTest) {
  const actor = await findActorByToken(registry.server.db, registry.tokens.admin, 0);
  if (actor === undefined) throw new Error("The administrator has no token.");
  return actor;
}
