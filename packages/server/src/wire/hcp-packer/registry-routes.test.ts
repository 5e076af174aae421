import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

describe.each(databasesUnderTest())("the registry of a project on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
  });
  afterAll(() => registry.close());

  it("is there as soon as somebody asks, and then cannot be made again", async () => {
    const { expect: ok, call, tokens } = registry;
    const first = (await ok("GET", "/registry", { as: tokens.viewer })).registry;
    expect(first).toMatchObject({
      location: { organization_id: registry.ids.organizationId, project_id: registry.ids.projectId },
      config: { feature_tier: "PLUS", activated: true },
    });
    expect((await ok("GET", "/registry")).registry).toEqual(first);
    expect(await call("PUT", "/registry", { as: tokens.admin, body: { feature_tier: "PLUS" } })).toMatchObject({
      status: 409,
      json: { code: 6 },
    });
  });

  it("can be made where nobody has asked yet, and changed by its mask", async () => {
    const { expect: ok, call, tokens } = registry;
    const path = `${registry.otherProject}/registry`;
    const made = await ok("PUT", path, { as: tokens.admin, body: { feature_tier: "PLUS" } });
    expect(made).toMatchObject({ registry: { config: { feature_tier: "PLUS" } }, operation: { state: "DONE" } });
    const change = async (body: object) => (await ok("PATCH", path, { as: tokens.admin, body })).registry.config;
    expect(await change({ feature_tier: "STANDARD", update_mask: "featureTier" })).toEqual({
      feature_tier: "STANDARD",
      activated: true,
    });
    expect(await change({ update_mask: "config.activated" })).toMatchObject({ activated: false });
    expect(await change({ activated: true })).toMatchObject({ activated: false });
    expect(await change({ activated: true, update_mask: "activated" })).toMatchObject({ activated: true });
    for (const body of [{ update_mask: "id" }, { feature_tier: "GOLD", update_mask: "featureTier" }]) {
      expect(await call("PATCH", path, { as: tokens.admin, body })).toMatchObject({ status: 400, json: { code: 3 } });
    }
  });

  it("refuses every change when it is deleted, keeps what it holds, and goes on when it is made again", async () => {
    const { expect: ok, call, tokens } = registry;
    const version = await registry.publish("kept", "one");
    await ok("POST", "/buckets/kept/channels", { body: { name: "stable", version_fingerprint: "one" } });
    await registry.expect("POST", "/buckets/kept/versions", { body: { fingerprint: "two" } });
    const deleted = await ok("DELETE", "/registry", { as: tokens.admin });
    expect(deleted).toMatchObject({ registry: { config: { activated: false } }, operation: { state: "DONE" } });
    const block = { name: "x", version: "1", block_content: '{"provisioner":{"shell":{}}}' };
    const writes: [string, string, object?][] = [
      ["PUT", "/buckets", { name: "new" }],
      ["PATCH", "/buckets/kept", { description: "new" }],
      ["DELETE", "/buckets/kept"],
      ["POST", "/buckets/kept/versions", { fingerprint: "three" }],
      ["DELETE", "/buckets/kept/versions/two"],
      ["POST", "/buckets/kept/versions/two/builds", { component_type: "null.a" }],
      ["POST", "/buckets/kept/versions/two/builds", { component_type: "null.a", parent_version_id: version.id }],
      ["POST", "/buckets/kept/channels", { name: "beta" }],
      ["PATCH", "/buckets/kept/channels/stable", { update_mask: "versionFingerprint" }],
      ["PUT", "/enforced_blocks", block],
    ];
    for (const [method, path, body] of writes) {
      const answer = await call(method, path, { as: tokens.admin, ...(body === undefined ? {} : { body }) });
      expect({ method, path, status: answer.status, code: answer.json.code }).toEqual({
        method,
        path,
        status: 400,
        code: 9,
      });
      expect(answer.json.message).toContain("is deactivated");
    }
    expect((await ok("GET", "/buckets/kept/channels/stable")).channel.version.id).toBe(version.id);
    // What must not be used can be said at any time.
    await ok("PATCH", "/buckets/kept/versions/one", { body: { revoke_in: "1d" } });
    const again = await ok("PUT", "/registry", { as: tokens.admin, body: { feature_tier: "STANDARD" } });
    expect(again.registry).toMatchObject({
      id: deleted.registry.id,
      config: { feature_tier: "STANDARD", activated: true },
    });
    await ok("PATCH", "/buckets/kept", { body: { description: "new" } });
  });
});
