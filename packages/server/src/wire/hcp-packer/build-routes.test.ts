import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

describe.each(databasesUnderTest())("builds on $name", (kind) => {
  let registry: RegistryUnderTest;
  let builds: string;
  let count = 0;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    await registry.expect("PUT", "/buckets", { body: { name: "builds" } });
  });
  afterAll(() => registry.close());
  beforeEach(async () => {
    const fingerprint = `fp${++count}`;
    await registry.expect("POST", "/buckets/builds/versions", { body: { fingerprint } });
    builds = `/buckets/builds/versions/${fingerprint}/builds`;
  });

  const create = async (body: object = {}) =>
    (await registry.expect("POST", builds, { body: { component_type: "null.a", ...body } })).build;

  it("are made once for a component, and never in a complete version", async () => {
    const { call, expect: ok } = registry;
    const build = await create();
    const again = { body: { component_type: "null.a", status: "BUILD_UNSET", artifacts: null } };
    expect(await call("POST", builds, again)).toMatchObject({ status: 409, json: { code: 6 } });
    await ok("PATCH", `${builds}/${build.id}`, { body: { status: "BUILD_DONE" } });
    expect(await call("POST", builds, { body: { component_type: "null.b" } })).toMatchObject({
      status: 400,
      json: { code: 9 },
    });
  });

  it("complete their version when they are made done", async () => {
    await create({ status: "BUILD_DONE", platform: "aws", artifacts: [{ external_identifier: "i", region: "r" }] });
    expect((await registry.expect("GET", builds.replace(/\/builds$/, ""))).version.status).toBe("VERSION_ACTIVE");
  });

  it("need the parent version with a source when they are made, and not later", async () => {
    const { call, expect: ok } = registry;
    const body = { component_type: "null.a", source_external_identifier: "ami-1" };
    expect(await call("POST", builds, { body })).toMatchObject({ status: 400, json: { code: 3 } });
    const build = await create();
    const updated = await ok("PATCH", `${builds}/${build.id}`, { body: { source_external_identifier: "ami-1" } });
    expect(updated.build.source_external_identifier).toBe("ami-1");
  });

  it("have platform, source and parent set once; the same again or nothing is no change", async () => {
    const { call, expect: ok } = registry;
    const parent = await registry.publish(`parent${count}`, "fp");
    const other = await registry.publish(`parent${count}`, "fp2");
    await ok("POST", `/buckets/parent${count}/channels`, { body: { name: "one", version_fingerprint: "fp" } });
    const channels = (await ok("GET", `/buckets/parent${count}/channels`)).channels;
    const [latest, one] = [channels.find((c: any) => c.managed).id, channels.find((c: any) => !c.managed).id];
    const build = await create();
    const set = {
      platform: "aws",
      parent_version_id: parent.id,
      parent_channel_id: one,
      source_external_identifier: "s",
    };
    const path = `${builds}/${build.id}`;
    const first = (await ok("PATCH", path, { body: set })).build;
    for (const body of [set, {}, { platform: "", parent_version_id: null }, { only: "unknown members" }]) {
      expect((await ok("PATCH", path, { body })).build).toEqual(first);
    }
    const refused = (what: string, status: number) => ({
      status,
      json: { code: 6, message: `You cannot override a build's ${what} if it has already been set.` },
    });
    expect(await call("PATCH", path, { body: { platform: "gce" } })).toMatchObject(refused("Platform", 409));
    expect(await call("PATCH", path, { body: { parent_version_id: other.id } })).toMatchObject(
      refused("Parent Version ID", 400),
    );
    expect(await call("PATCH", path, { body: { parent_channel_id: latest } })).toMatchObject(
      refused("Parent Channel ID", 400),
    );
    expect((await ok("GET", path)).build).toEqual(first);
  });

  it("refuse a parent that does not exist, is another tenant's, or descends from the child", async () => {
    const { call, expect: ok, tokens } = registry;
    await ok("PUT", `${registry.foreignProject}/buckets`, { as: tokens.foreign, body: { name: `theirs${count}` } });
    const theirs = await ok("POST", `${registry.foreignProject}/buckets/theirs${count}/versions`, {
      as: tokens.foreign,
      body: { fingerprint: "fp" },
    });
    const build = await create();
    const path = `${builds}/${build.id}`;
    const own = (await ok("GET", builds.replace(/\/builds$/, ""))).version.id;
    for (const parent_version_id of ["01HZZZZZZZZZZZZZZZZZZZZZZZ", theirs.version.id, "nonsense"]) {
      expect(await call("PATCH", path, { body: { parent_version_id } })).toMatchObject({
        status: 404,
        json: { code: 5, message: `Error: The version with identifier ${parent_version_id} does not exist.` },
      });
    }
    expect(await call("PATCH", path, { body: { parent_version_id: own } })).toMatchObject({ json: { code: 3 } });
    await registry.publish(`descends${count}`, "fp", [{ parent_version_id: own }]);
    const descendant = (await ok("GET", `/buckets/descends${count}/versions/fp`)).version.id;
    expect(await call("PATCH", path, { body: { parent_version_id: descendant } })).toMatchObject({ json: { code: 3 } });
    expect(await call("PATCH", path, { body: { parent_channel_id: "x" } })).toMatchObject({ json: { code: 3 } });
    const parent = await registry.publish(`parent${count}`, "fp");
    expect(
      await call("PATCH", path, { body: { parent_version_id: parent.id, parent_channel_id: "nonsense" } }),
    ).toMatchObject({ status: 404, json: { code: 5 } });
    expect((await ok("GET", builds.replace(/\/builds$/, ""))).version.parents.status).toBe("UNDETERMINED");
  });

  it("take null and empty lists for nothing given, and empty identifiers for identifiers", async () => {
    const { expect: ok } = registry;
    const artifacts = [
      { external_identifier: "", region: "one" },
      { external_identifier: "", region: "two" },
      { external_identifier: "", region: "two" },
    ];
    const build = await create({ status: "BUILD_RUNNING", labels: { keep: "me" } });
    const path = `${builds}/${build.id}`;
    const first = (await ok("PATCH", path, { body: { artifacts } })).build;
    expect(first.artifacts.map((a: any) => a.region)).toEqual(["one", "two"]);
    expect((await ok("PATCH", path, { body: { artifacts: null } })).build).toEqual(first);
    expect((await ok("PATCH", path, { body: { artifacts: [] } })).build).toEqual(first);
    expect((await ok("PATCH", path, { body: { labels: null, metadata: null } })).build.labels).toEqual({ keep: "me" });
    expect((await ok("PATCH", path, { body: { status: "BUILD_FAILED" } })).build.artifacts).toEqual([]);
  });

  it("are final when done: a repetition is accepted, a late beat ignored, other content refused", async () => {
    const { call, expect: ok } = registry;
    const build = await create();
    const path = `${builds}/${build.id}`;
    const artifacts = [
      { external_identifier: "a", region: "one" },
      { external_identifier: "b", region: "two" },
    ];
    const done = { status: "BUILD_DONE", packer_run_uuid: "u", platform: "aws", labels: { x: "1", y: "2" }, artifacts };
    const first = (await ok("PATCH", path, { body: done })).build;
    const repeated = { ...done, labels: { y: "2", x: "1" }, artifacts: [...artifacts].reverse() };
    for (const body of [
      repeated,
      { status: "BUILD_RUNNING", packer_run_uuid: "u", artifacts: null },
      { status: "BUILD_CANCELLED", packer_run_uuid: "other", artifacts: null },
      { status: "BUILD_FAILED", artifacts: null },
    ]) {
      expect((await ok("PATCH", path, { body })).build).toEqual(first);
    }
    for (const body of [
      { artifacts: [{ external_identifier: "c", region: "one" }] },
      { labels: { x: "1" } },
      { metadata: { packer: { version: "2" } } },
    ]) {
      expect(await call("PATCH", path, { body })).toMatchObject({ status: 400, json: { code: 9 } });
    }
    expect((await ok("GET", path)).build).toEqual(first);
  });

  it.each([
    { status: "DONE" },
    { status: 3 },
    { artifacts: {} },
    { artifacts: [{ external_identifier: 5 }] },
    { artifacts: [{ external_identifier: "x".repeat(3000), region: "r" }] },
    { labels: { a: null } },
    { metadata: { packer: "text" } },
    { platform: "p".repeat(300) },
    { status: "BUILD_FAILED", artifacts: [{ external_identifier: "a", region: "r" }] },
  ])("refuse content that makes no sense (%#), and stay as they are", async (body) => {
    const build = await create({ status: "BUILD_RUNNING" });
    const answer = await registry.call("PATCH", `${builds}/${build.id}`, { body });
    expect(answer).toMatchObject({ status: 400, json: { code: 3 } });
    expect((await registry.expect("GET", `${builds}/${build.id}`)).build).toEqual(build);
  });

  it("all come on one page, in the order they were made", async () => {
    const made: string[] = [];
    for (let i = 0; i < 130; i++) made.push((await create({ component_type: `null.${i}` })).id);
    const listed = await registry.expect("GET", builds);
    expect(listed.builds.map((b: any) => b.id)).toEqual(made);
    expect(listed.pagination).toEqual({ next_page_token: "", previous_page_token: "" });
    expect(listed.location.project_id).toBe(registry.ids.projectId);
  });

  it("belong to their own version and bucket only", async () => {
    const { call, expect: ok } = registry;
    const build = await create();
    await ok("POST", "/buckets/builds/versions", { body: { fingerprint: `other${count}` } });
    for (const method of ["GET", "DELETE", "PATCH"]) {
      const path = `/buckets/builds/versions/other${count}/builds/${build.id}`;
      const body = method === "PATCH" ? { body: { status: "BUILD_RUNNING" } } : {};
      expect(await call(method, path, body)).toMatchObject({ status: 404, json: { code: 5 } });
    }
    expect((await ok("GET", `${builds}/${build.id}`)).build).toEqual(build);
  });
});
