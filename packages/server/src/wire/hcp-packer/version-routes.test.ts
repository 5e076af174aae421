import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

describe.each(databasesUnderTest())("versions on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    await registry.expect("PUT", "/buckets", { body: { name: "versions" } });
  });
  afterAll(() => registry.close());

  it("are made once for a fingerprint, without a template type too", async () => {
    const { expect: ok, call } = registry;
    const { version } = await ok("POST", "/buckets/versions/versions", { body: { fingerprint: "1" } });
    expect(version).toMatchObject({
      name: "v0",
      fingerprint: "1",
      author_id: "contributor-all",
      template_type: "TEMPLATE_TYPE_UNSET",
      revoke_at: null,
      revocation_type: "REVOCATION_TYPE_UNSET",
    });
    expect(await call("POST", "/buckets/versions/versions", { body: { fingerprint: "1" } })).toMatchObject({
      status: 409,
      json: { code: 6 },
    });
    expect((await call("POST", "/buckets/nowhere/versions", { body: { fingerprint: "1" } })).json.code).toBe(5);
  });

  it.each(["", "-a", "a-", "a b", "a/b", "x".repeat(41), ".", "ä"])(
    "refuse the fingerprint %j",
    async (fingerprint) => {
      expect(await registry.call("POST", "/buckets/versions/versions", { body: { fingerprint } })).toMatchObject({
        status: 400,
        json: { code: 3 },
      });
    },
  );

  it("refuse a template type that the specification does not have", async () => {
    const body = { fingerprint: "typed", template_type: "YAML" };
    expect((await registry.call("POST", "/buckets/versions/versions", { body })).json).toMatchObject({
      code: 3,
      message: 'template_type is "YAML"; it can be TEMPLATE_TYPE_UNSET, HCL2, JSON.',
    });
  });

  it("answer an unknown fingerprint with code 10 when read or updated, and 5 everywhere else", async () => {
    const { call } = registry;
    const missing = "/buckets/versions/versions/missing";
    const aborted = { status: 409, json: { code: 10, message: "Version with fingerprint missing not found" } };
    expect(await call("GET", missing)).toMatchObject(aborted);
    expect(await call("PATCH", missing, { body: { restore: true } })).toMatchObject(aborted);
    expect(await call("GET", "/buckets/nowhere/versions/missing")).toMatchObject(aborted);
    expect(await call("PATCH", "/buckets/nowhere/versions/missing", { body: {} })).toMatchObject({
      status: 404,
      json: { code: 5, message: "Error: The bucket with identifier nowhere does not exist." },
    });
    const absent = {
      status: 404,
      json: { code: 5, message: "Error: The version with identifier missing does not exist." },
    };
    expect(await call("DELETE", missing)).toMatchObject(absent);
    expect(await call("GET", `${missing}/builds`)).toMatchObject(absent);
    expect(await call("POST", `${missing}/builds`, { body: { component_type: "x" } })).toMatchObject(absent);
  });

  it("get the number after the highest that is left, so that a deleted last number is given again", async () => {
    const { expect: ok } = registry;
    expect((await registry.publish("numbers", "a")).name).toBe("v1");
    expect((await registry.publish("numbers", "b")).name).toBe("v2");
    await ok("DELETE", "/buckets/numbers/versions/b");
    expect((await registry.publish("numbers", "b")).name).toBe("v2");
    await ok("DELETE", "/buckets/numbers/versions/a");
    expect((await registry.publish("numbers", "c")).name).toBe("v3");
    expect((await ok("GET", "/buckets/numbers")).bucket).toMatchObject({ version_count: "2" });
  });

  it("are numbered in the order of completion, and the one that completes later is the latest", async () => {
    const { expect: ok } = registry;
    await ok("PUT", "/buckets", { body: { name: "order" } });
    const ids: Record<string, string> = {};
    for (const fingerprint of ["early", "late"]) {
      await ok("POST", "/buckets/order/versions", { body: { fingerprint } });
      const body = { component_type: "null.a" };
      ids[fingerprint] = (await ok("POST", `/buckets/order/versions/${fingerprint}/builds`, { body })).build.id;
    }
    for (const fingerprint of ["late", "early"]) {
      const body = { status: "BUILD_DONE" };
      await ok("PATCH", `/buckets/order/versions/${fingerprint}/builds/${ids[fingerprint]}`, { body });
    }
    expect((await ok("GET", "/buckets/order/versions/late")).version.name).toBe("v1");
    expect((await ok("GET", "/buckets/order")).bucket.latest_version).toMatchObject({
      fingerprint: "early",
      name: "v2",
    });
  });

  it("are completed on request only when every build is done", async () => {
    const { expect: ok, call } = registry;
    await ok("POST", "/buckets/versions/versions", { body: { fingerprint: "asked" } });
    const version = "/buckets/versions/versions/asked";
    const refused = { status: 400, json: { code: 9 } };
    expect(await call("PATCH", version, { body: { complete: true } })).toMatchObject(refused);
    const first = (await ok("POST", `${version}/builds`, { body: { component_type: "null.a" } })).build.id;
    const second = (await ok("POST", `${version}/builds`, { body: { component_type: "null.b" } })).build.id;
    await ok("PATCH", `${version}/builds/${first}`, { body: { status: "BUILD_DONE" } });
    expect(await call("PATCH", version, { body: { complete: true } })).toMatchObject(refused);
    await ok("DELETE", `${version}/builds/${second}`);
    expect((await ok("GET", version)).version).toMatchObject({ name: "v0", status: "VERSION_INCOMPLETE" });
    const completed = await ok("PATCH", version, { body: { complete: true } });
    expect(completed).toMatchObject({ version: { name: "v1", status: "VERSION_ACTIVE" }, operation: null });
    expect((await ok("PATCH", version, { body: { complete: true } })).version.name).toBe("v1");
  });

  it("keep name and status when their builds are deleted", async () => {
    const { expect: ok, call } = registry;
    const version = await registry.publish("emptied", "fp");
    const path = `/buckets/emptied/versions/fp/builds/${version.builds[0].id}`;
    expect(await ok("DELETE", path)).toEqual({});
    expect(await call("DELETE", path)).toMatchObject({
      status: 404,
      json: { code: 5, message: `The build with identifier ${version.builds[0].id} does not exist.` },
    });
    expect((await ok("GET", "/buckets/emptied/versions/fp")).version).toMatchObject({
      name: "v1",
      status: "VERSION_ACTIVE",
      builds: [],
    });
  });

  it("are listed newest first, with builds and without metadata", async () => {
    const { expect: ok, clock } = registry;
    for (const fingerprint of ["a", "b", "c"]) {
      clock.now += 1000;
      await registry.publish("listed", fingerprint);
    }
    const list = async (query = "") => {
      const { versions, pagination } = await ok("GET", `/buckets/listed/versions${query}`);
      return { fingerprints: versions.map((v: any) => v.fingerprint), pagination, versions };
    };
    const all = await list();
    expect(all.fingerprints).toEqual(["c", "b", "a"]);
    expect(all.versions[0].builds[0]).toMatchObject({ metadata: null, artifacts: [{ region: "us-east-1" }] });
    const page = await list("?pagination.page_size=2");
    const rest = await list(`?pagination.page_size=2&pagination.next_page_token=${page.pagination.next_page_token}`);
    expect([...page.fingerprints, ...rest.fingerprints]).toEqual(["c", "b", "a"]);
    expect((await list("?sorting.order_by=created_at")).fingerprints).toEqual(["a", "b", "c"]);
  });

  it("are kept from deletion by people's channels, and give latest back to the one before", async () => {
    const { expect: ok, call } = registry;
    await registry.publish("deleted", "one");
    await registry.publish("deleted", "two");
    for (const name of ["staging", "production"]) {
      await ok("POST", "/buckets/deleted/channels", { body: { name, version_fingerprint: "one" } });
    }
    await ok("PATCH", "/buckets/deleted/channels/staging", {
      body: { version_fingerprint: "two", update_mask: "versionFingerprint" },
    });
    const refused = await call("DELETE", "/buckets/deleted/versions/two");
    expect(refused).toMatchObject({ status: 400, json: { code: 9 } });
    expect(refused.json.message).toMatch(/^Version is assigned by channels: staging\. /);
    expect(await ok("DELETE", "/buckets/deleted/versions/two?rollback_channels=true")).toEqual({});
    for (const name of ["latest", "staging"]) {
      expect((await ok("GET", `/buckets/deleted/channels/${name}`)).channel).toMatchObject({
        author_id: "HCP Packer",
        version: { fingerprint: "one" },
      });
    }
    await ok("DELETE", "/buckets/deleted/versions/one?rollback_channels=true");
    expect((await ok("GET", "/buckets/deleted/channels/latest")).channel.version).toBeNull();
    expect((await ok("GET", "/buckets/deleted/channels/production")).channel.version).toBeNull();
    expect((await ok("GET", "/buckets/deleted")).bucket).toMatchObject({ latest_version: null, version_count: "0" });
  });

  it("are counted, incomplete ones too, until they are deleted", async () => {
    const count = async () => (await registry.expect("GET", "/buckets/counted")).bucket.version_count;
    await registry.publish("counted", "one");
    await registry.publish("counted", "two");
    await registry.expect("POST", "/buckets/counted/versions", { body: { fingerprint: "three" } });
    expect(await count()).toBe("3");
    expect((await registry.call("POST", "/buckets/counted/versions", { body: { fingerprint: "three" } })).status).toBe(
      409,
    );
    expect(await count()).toBe("3");
    await registry.expect("DELETE", "/buckets/counted/versions/one");
    await registry.expect("DELETE", "/buckets/counted/versions/three");
    expect(await count()).toBe("1");
  });
});
