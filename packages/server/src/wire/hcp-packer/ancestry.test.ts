import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { listDescendantVersions } from "../../features/ancestry/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

describe.each(databasesUnderTest())("ancestry on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
  });
  afterAll(() => registry.close());

  const ancestry = (bucket: string, query: string) => registry.expect("GET", `/buckets/${bucket}/ancestry?${query}`);
  const assign = (bucket: string, channel: string, version_fingerprint: string) =>
    registry.expect("PATCH", `/buckets/${bucket}/channels/${channel}`, {
      body: { version_fingerprint, update_mask: "versionFingerprint" },
    });

  it("says what was built from what, and whether it is still up to date", async () => {
    const { expect: ok } = registry;
    const parent = await registry.publish("base", "one");
    const { channel } = await ok("POST", "/buckets/base/channels", {
      body: { name: "production", version_fingerprint: "one" },
    });
    const child = await registry.publish("app", "one", [
      { component: "null.a", parent_version_id: parent.id, parent_channel_id: channel.id },
      { component: "null.b", parent_version_id: parent.id, parent_channel_id: channel.id },
    ]);
    const relation = {
      status: "UP_TO_DATE",
      parent: {
        bucket_name: "base",
        version_name: "v1",
        version_id: parent.id,
        version_fingerprint: "one",
        channel_name: "production",
        channel_version: { id: parent.id, name: "v1", fingerprint: "one" },
      },
      child: { bucket_name: "app", version_name: "v1", version_id: child.id, version_fingerprint: "one" },
    };
    const onlyRelation = { relations: [relation], total_count: 1 };
    expect(await ancestry("app", "")).toMatchObject(onlyRelation);
    expect(await ancestry("app", "type=ANCESTRY_TYPE_PARENTS")).toMatchObject(onlyRelation);
    expect(await ancestry("app", "type=ANCESTRY_TYPE_CHILDREN")).toMatchObject({ relations: [], total_count: 0 });
    expect(await ancestry("base", "type=ANCESTRY_TYPE_CHILDREN")).toMatchObject(onlyRelation);
    expect(await ancestry("base", "type=ANCESTRY_TYPE_CHILDREN&channel_name=production")).toMatchObject(onlyRelation);
    expect(await ancestry("base", "type=ANCESTRY_TYPE_CHILDREN&channel_name=latest")).toMatchObject({ total_count: 0 });

    const baseVersion = (await ok("GET", "/buckets/base/versions/one")).version;
    expect(baseVersion.has_descendants).toBe(true);
    expect(child).toMatchObject({
      has_descendants: false,
      parents: {
        status: "UP_TO_DATE",
        href: `${registry.project}/buckets/app/ancestry?type=ANCESTRY_TYPE_PARENTS&version_fingerprint=one`,
      },
    });
    const { bucket: base } = await ok("GET", "/buckets/base");
    expect(base.children).toEqual({
      status: "UP_TO_DATE",
      href: `${registry.project}/buckets/base/ancestry?type=ANCESTRY_TYPE_CHILDREN&version_fingerprint=one`,
    });
    expect(base.parents.status).toBe("UNDETERMINED");
    // The link is one that this server answers.
    expect((await registry.expect("GET", child.parents.href)).total_count).toBe(1);

    await registry.publish("base", "two");
    await assign("base", "production", "two");
    expect((await ancestry("app", "")).relations[0]).toMatchObject({
      status: "OUT_OF_DATE",
      parent: { version_name: "v1", channel_version: { name: "v2" } },
    });
    expect((await ok("GET", "/buckets/app")).bucket.parents.status).toBe("OUT_OF_DATE");
    expect((await ok("GET", "/buckets/base")).bucket.children.status).toBe("OUT_OF_DATE");
    await assign("base", "production", "");
    expect((await ancestry("app", "")).relations[0]).toMatchObject({
      status: "UNDETERMINED",
      parent: { channel_name: "production", channel_version: null },
    });
    await ok("DELETE", "/buckets/base/channels/production");
    expect((await ancestry("app", "")).relations[0]).toMatchObject({
      status: "UNDETERMINED",
      parent: { channel_name: "", channel_version: null },
    });
    expect((await ok("GET", "/buckets/app")).bucket.parents.status).toBe("UNDETERMINED");
  });

  it("counts only the latest version of a bucket as its child, unless a version is asked for", async () => {
    const one = await registry.publish("lib", "one");
    await registry.publish("user", "one", [{ parent_version_id: one.id }]);
    const two = await registry.publish("lib", "two");
    await registry.publish("user", "two", [{ parent_version_id: two.id }]);
    const children = await ancestry("lib", "type=ANCESTRY_TYPE_CHILDREN");
    expect(children.relations.map((r: any) => r.child.version_name)).toEqual(["v2"]);
    const ofOne = await ancestry("lib", "type=ANCESTRY_TYPE_CHILDREN&version_fingerprint=one");
    expect(ofOne.relations.map((r: any) => r.child.version_name)).toEqual(["v1"]);
    const parents = await ancestry("user", "type=ANCESTRY_TYPE_PARENTS&version_fingerprint=one");
    expect(parents.relations.map((r: any) => r.parent.version_name)).toEqual(["v1"]);
  });

  it("of a bucket follows what becomes of its children, and of the versions that they were built from", async () => {
    const { expect: ok } = registry;
    const children = async () => [
      (await ok("GET", "/buckets/root")).bucket.children.status,
      (await ancestry("root", "type=ANCESTRY_TYPE_CHILDREN")).total_count,
    ];
    const one = await registry.publish("root", "one");
    const { channel } = await ok("POST", "/buckets/root/channels", {
      body: { name: "production", version_fingerprint: "one" },
    });
    expect(await children()).toEqual(["UNDETERMINED", 0]);
    // A build that is done, of the latest version, is told its parent only now.
    await registry.publish("branch", "one");
    const [build] = (await ok("GET", "/buckets/branch/versions/one/builds")).builds;
    await ok("PATCH", `/buckets/branch/versions/one/builds/${build.id}`, {
      body: { parent_version_id: one.id, parent_channel_id: channel.id },
    });
    expect(await children()).toEqual(["UP_TO_DATE", 1]);
    await registry.publish("root", "two");
    await assign("root", "production", "two");
    expect(await children()).toEqual(["OUT_OF_DATE", 1]);
    // The next version of the child has no parent, and is taken back again.
    await registry.publish("branch", "two");
    expect(await children()).toEqual(["UNDETERMINED", 0]);
    await ok("DELETE", "/buckets/branch/versions/two");
    expect(await children()).toEqual(["OUT_OF_DATE", 1]);
    await ok("DELETE", `/buckets/branch/versions/one/builds/${build.id}`);
    expect(await children()).toEqual(["UNDETERMINED", 0]);
    await registry.publish("leaf", "one", [{ parent_version_id: one.id }]);
    expect(await children()).toEqual(["UNDETERMINED", 1]);
    await ok("DELETE", "/buckets/root/versions/one");
    expect(await children()).toEqual(["UNDETERMINED", 0]);
  });

  it("comes in pages", async () => {
    const parent = await registry.publish("wide", "one");
    for (let i = 0; i < 5; i++) await registry.publish(`narrow${i}`, "one", [{ parent_version_id: parent.id }]);
    const names: string[] = [];
    let token = "";
    do {
      const page = await ancestry(
        "wide",
        `type=ANCESTRY_TYPE_CHILDREN&pagination.page_size=2&pagination.next_page_token=${token}`,
      );
      expect(page.total_count).toBe(5);
      names.push(...page.relations.map((r: any) => r.child.bucket_name));
      token = page.pagination.next_page_token;
    } while (token !== "");
    expect(names).toEqual(["narrow0", "narrow1", "narrow2", "narrow3", "narrow4"]);
  });

  it("refuses what it cannot look up", async () => {
    const { call } = registry;
    await registry.publish("strict", "one");
    const get = (query: string) => call("GET", `/buckets/strict/ancestry?${query}`);
    expect(await get("type=PARENTS")).toMatchObject({ status: 400, json: { code: 3 } });
    expect(await get("version_fingerprint=missing")).toMatchObject({ status: 404, json: { code: 5 } });
    expect(await get("channel_name=missing")).toMatchObject({ status: 404, json: { code: 5 } });
    expect(await call("GET", "/buckets/missing/ancestry")).toMatchObject({ status: 404, json: { code: 5 } });
  });

  it("finds descendants through several generations and ways, each once, at its shortest distance", async () => {
    const a = await registry.publish("gen-a", "v");
    const b = await registry.publish("gen-b", "v", [{ parent_version_id: a.id }]);
    const c = await registry.publish("gen-c", "v", [
      { component: "null.a", parent_version_id: b.id },
      { component: "null.b", parent_version_id: a.id },
    ]);
    await registry.publish("gen-d", "v", [{ parent_version_id: c.id }]);
    const found = await listDescendantVersions(registry.server.db, a.id);
    expect(found.map(({ bucketName, versionName, depth }) => [bucketName, versionName, depth])).toEqual([
      ["gen-b", "v1", 1],
      ["gen-c", "v1", 1],
      ["gen-d", "v1", 2],
    ]);
  });
});
