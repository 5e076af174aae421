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
});
