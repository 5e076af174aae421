import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

describe.each(databasesUnderTest())("the calls of a stock packer build on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
  });
  afterAll(() => registry.close());

  it("publishes a version with two components, and the last one names it and moves latest", async () => {
    const { call, expect: ok, clock } = registry;
    expect((await call("GET", "/buckets/alpine")).json).toEqual({
      code: 5,
      message: "Error: The bucket with identifier alpine does not exist.",
      details: [],
    });
    const { bucket } = await ok("PUT", "/buckets", {
      body: { name: "alpine", description: "base", labels: { a: "b" } },
    });
    expect(bucket).toMatchObject({
      name: "alpine",
      description: "base",
      labels: { a: "b" },
      latest_version: null,
      version_count: "0",
      platforms: [],
      location: { organization_id: registry.ids.organizationId, project_id: registry.ids.projectId },
      resource_name: `packer/project/${registry.ids.projectId}/bucket/alpine`,
    });
    const { channel: fresh } = await ok("GET", "/buckets/alpine/channels/latest");
    expect(fresh).toMatchObject({
      name: "latest",
      managed: true,
      restricted: true,
      author_id: "HCP Packer",
      version: null,
      created_at: bucket.created_at,
      updated_at: bucket.created_at,
    });

    const version = "/buckets/alpine/versions/fp-1";
    expect(await call("GET", version)).toMatchObject({
      status: 409,
      json: { code: 10, message: "Version with fingerprint fp-1 not found", details: [] },
    });
    const created = await ok("POST", "/buckets/alpine/versions", {
      body: { fingerprint: "fp-1", template_type: "HCL2" },
    });
    expect(created.version).toMatchObject({
      name: "v0",
      status: "VERSION_INCOMPLETE",
      template_type: "HCL2",
      builds: [],
    });
    expect((await ok("GET", `${version}/builds`)).builds).toEqual([]);

    const builds: string[] = [];
    for (const component of ["amazon-ebs.one", "docker.two"]) {
      const body = { component_type: component, packer_run_uuid: "uuid", status: "BUILD_UNSET", artifacts: null };
      const { build } = await ok("POST", `${version}/builds`, { body });
      expect(build).toMatchObject({ component_type: component, status: "BUILD_UNSET", artifacts: [], labels: {} });
      builds.push(build.id);
    }
    expect(await ok("GET", "/enforced_blocks/bucket/alpine")).toEqual({ enforced_block_detail: [] });
    for (const id of builds) {
      const body = { status: "BUILD_RUNNING", packer_run_uuid: "uuid", artifacts: null };
      const { build } = await ok("PATCH", `${version}/builds/${id}`, { body });
      expect(build.status).toBe("BUILD_RUNNING");
    }
    expect((await ok("GET", version)).version).toMatchObject({ name: "v0", status: "VERSION_RUNNING" });

    clock.now += 60_000;
    const metadata = { packer: { version: "1.16.0", plugins: null }, vcs: { type: "git" } };
    const done = (platform: string) => ({
      status: "BUILD_DONE",
      packer_run_uuid: "uuid",
      platform,
      labels: { git_sha: "abc" },
      artifacts: [{ external_identifier: `${platform}-image`, region: "here" }],
      source_external_identifier: "scratch",
      metadata,
    });
    const first = await ok("PATCH", `${version}/builds/${builds[0]}`, { body: done("aws") });
    expect(first.build).toMatchObject({
      status: "BUILD_DONE",
      platform: "aws",
      labels: { git_sha: "abc" },
      artifacts: [{ external_identifier: "aws-image", region: "here" }],
      metadata,
    });
    const early = await call("PATCH", "/buckets/alpine/channels/latest", {
      body: { version_fingerprint: "fp-1", update_mask: "versionFingerprint" },
    });
    expect(early.status).toBe(400);
    expect((await ok("GET", version)).version.name).toBe("v0");
    await ok("PATCH", `${version}/builds/${builds[1]}`, { body: done("docker") });

    const complete = (await ok("GET", version)).version;
    expect(complete).toMatchObject({ name: "v1", status: "VERSION_ACTIVE", has_descendants: false });
    expect(complete.builds.map((b: any) => b.component_type)).toEqual(["amazon-ebs.one", "docker.two"]);
    expect(complete.builds[0].metadata).toEqual(metadata);
    const { channel } = await ok("GET", "/buckets/alpine/channels/latest");
    expect(channel).toMatchObject({ author_id: "HCP Packer", updated_at: complete.updated_at });
    expect(channel.version).toMatchObject({ id: complete.id, name: "v1" });
    expect(channel.version.builds[1]).toMatchObject({ version_id: complete.id, metadata: null });
    expect(channel.version.builds[1].artifacts[0]).toMatchObject({ external_identifier: "docker-image" });
    const after = (await ok("GET", "/buckets/alpine")).bucket;
    expect(after).toMatchObject({ version_count: "1", platforms: ["aws", "docker"], updated_at: complete.updated_at });
    expect(after.latest_version.id).toBe(complete.id);
  });

  it("accepts every call that follows a failure, and builds the failed component again", async () => {
    const { expect: ok } = registry;
    await ok("PUT", "/buckets", { body: { name: "again" } });
    await ok("POST", "/buckets/again/versions", { body: { fingerprint: "fp" } });
    const version = "/buckets/again/versions/fp";
    const { build } = await ok("POST", `${version}/builds`, { body: { component_type: "null.a", artifacts: null } });
    const patch = async (status: string) =>
      (await ok("PATCH", `${version}/builds/${build.id}`, { body: { status, packer_run_uuid: "u", artifacts: null } }))
        .build;
    expect((await patch("BUILD_RUNNING")).status).toBe("BUILD_RUNNING");
    expect(await patch("BUILD_FAILED")).toMatchObject({ status: "BUILD_FAILED", artifacts: [] });
    expect((await ok("GET", version)).version.status).toBe("VERSION_FAILED");
    expect((await patch("BUILD_CANCELLED")).status).toBe("BUILD_CANCELLED");
    expect((await patch("BUILD_CANCELLED")).status).toBe("BUILD_CANCELLED");
    expect((await ok("GET", version)).version.status).toBe("VERSION_CANCELLED");
    expect((await patch("BUILD_RUNNING")).status).toBe("BUILD_RUNNING");
    expect((await patch("BUILD_DONE")).status).toBe("BUILD_DONE");
    expect((await ok("GET", version)).version).toMatchObject({ name: "v1", status: "VERSION_ACTIVE" });
  });

  it("leaves everything but the beat alone on a heartbeat", async () => {
    const { expect: ok, clock, server } = registry;
    await ok("PUT", "/buckets", { body: { name: "beats" } });
    await ok("POST", "/buckets/beats/versions", { body: { fingerprint: "fp" } });
    const builds = "/buckets/beats/versions/fp/builds";
    const { build } = await ok("POST", builds, {
      body: { component_type: "null.a", labels: { keep: "me" }, status: "BUILD_RUNNING", packer_run_uuid: "u" },
    });
    const before = (await ok("GET", `${builds}/${build.id}`)).build;
    const versionBefore = (await ok("GET", "/buckets/beats/versions/fp")).version;
    for (let beat = 0; beat < 4; beat++) {
      clock.now += 120_000;
      const body = { status: "BUILD_RUNNING", packer_run_uuid: "u", artifacts: null };
      expect((await ok("PATCH", `${builds}/${build.id}`, { body })).build).toEqual(before);
      await server.settle();
    }
    expect((await ok("GET", "/buckets/beats/versions/fp")).version).toEqual(versionBefore);
  });

  it("cancels a build whose packer has been silent for more than five minutes, and no other", async () => {
    const { expect: ok, clock, server } = registry;
    await ok("PUT", "/buckets", { body: { name: "silent" } });
    await ok("POST", "/buckets/silent/versions", { body: { fingerprint: "fp" } });
    const builds = "/buckets/silent/versions/fp/builds";
    const start = async (component: string) =>
      (await ok("POST", builds, { body: { component_type: component, status: "BUILD_RUNNING", packer_run_uuid: "u" } }))
        .build.id;
    const silent = await start("null.silent");
    const alive = await start("null.alive");
    clock.now += 240_000;
    await ok("PATCH", `${builds}/${alive}`, { body: { status: "BUILD_RUNNING", packer_run_uuid: "u" } });
    clock.now += 61_000;
    await server.settle();
    expect((await ok("GET", `${builds}/${silent}`)).build).toMatchObject({ status: "BUILD_CANCELLED", artifacts: [] });
    expect((await ok("GET", `${builds}/${alive}`)).build.status).toBe("BUILD_RUNNING");
    // Its next word starts it again.
    await ok("PATCH", `${builds}/${silent}`, { body: { status: "BUILD_RUNNING", packer_run_uuid: "u" } });
    expect((await ok("GET", `${builds}/${silent}`)).build.status).toBe("BUILD_RUNNING");
  });
});
