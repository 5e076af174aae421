import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHttpClient, type HttpClient } from "../connection/http-client.ts";
import { startFakeRegistry, type FakeRegistry } from "../testing/fake-registry.ts";
import { publishVersion, type VersionToPublish } from "./publish-version.ts";
import { createRegistryClient, type RegistryClient } from "./registry-client.ts";

const toPublish: VersionToPublish = {
  bucket: "base",
  description: "a base",
  bucketLabels: { team: "platform" },
  fingerprint: "f1",
  templateType: "HCL2",
  components: ["null.a", "null.b"],
  runId: "run-1",
};
const finished = { platform: "oci", artifacts: [{ external_identifier: "i", region: "r" }], labels: {}, metadata: {} };

let fake: FakeRegistry;
let http: HttpClient;
let registry: RegistryClient;
beforeEach(async () => {
  fake = await startFakeRegistry();
  http = createHttpClient(undefined);
  registry = createRegistryClient(http, fake.connection);
});
afterEach(async () => {
  await http.close();
  await fake.close();
});

const sequence = (): string[] => fake.calls.map(({ call }) => call);

describe("publishing a version", () => {
  it("makes the calls of stock Packer, in its order, before anything is built", async () => {
    await publishVersion(registry, toPublish);
    expect(sequence()).toEqual([
      "GET /buckets/base",
      "PUT /buckets",
      "GET /buckets/base/versions/f1",
      "POST /buckets/base/versions",
      "GET /buckets/base/versions/f1/builds",
      "POST /buckets/base/versions/f1/builds",
      "POST /buckets/base/versions/f1/builds",
      "GET /enforced_blocks/bucket/base",
    ]);
    expect(fake.calls[1]?.body).toEqual({ name: "base", description: "a base", labels: { team: "platform" } });
    expect(fake.calls[3]?.body).toEqual({ fingerprint: "f1", template_type: "HCL2" });
    expect(fake.calls.slice(5, 7).map(({ body }) => body)).toEqual(
      expect.arrayContaining([
        { component_type: "null.a", packer_run_uuid: "run-1", status: "BUILD_UNSET", artifacts: null },
        { component_type: "null.b", packer_run_uuid: "run-1", status: "BUILD_UNSET", artifacts: null },
      ]),
    );
  });

  it("reports a build as running and then done, and only then is the version complete", async () => {
    const { pending } = await publishVersion(registry, toPublish);
    fake.calls.length = 0;
    const [first, second] = pending;
    await first?.begin();
    await first?.complete({
      ...finished,
      labels: { release: "1" },
      sourceExternalIdentifier: "source",
      parent: { versionId: "v", channelId: "c" },
      metadata: { packer: { version: "1.6.6" } },
    });
    expect(fake.versions.get("f1")?.name).toBe("v0");
    await second?.begin();
    await second?.complete(finished);
    expect(fake.versions.get("f1")?.name).toBe("v1");
    expect(fake.calls[0]?.body).toEqual({ status: "BUILD_RUNNING", packer_run_uuid: "run-1", artifacts: null });
    expect(fake.calls[1]?.body).toEqual({
      status: "BUILD_DONE",
      packer_run_uuid: "run-1",
      platform: "oci",
      labels: { release: "1" },
      artifacts: [{ external_identifier: "i", region: "r" }],
      source_external_identifier: "source",
      parent_version_id: "v",
      parent_channel_id: "c",
      metadata: { packer: { version: "1.6.6" } },
    });
  });

  it("updates a bucket only when its description or labels differ", async () => {
    await publishVersion(registry, toPublish);
    fake.calls.length = 0;
    await publishVersion(registry, { ...toPublish, fingerprint: "f2" });
    expect(sequence()).not.toContain("PATCH /buckets/base");
    await publishVersion(registry, { ...toPublish, fingerprint: "f3", description: "another" });
    expect(fake.calls.find(({ call }) => call === "PATCH /buckets/base")?.body).toEqual({
      description: "another",
      platforms: null,
    });
  });

  it("resumes: a finished build is not made again, an unfinished one keeps its id", async () => {
    const first = await publishVersion(registry, toPublish);
    await first.pending[0]?.complete(finished);
    fake.calls.length = 0;
    const again = await publishVersion(registry, { ...toPublish, runId: "run-2" });
    expect(again.doneBefore).toEqual(["null.a"]);
    expect(again.pending.map((report) => report.component)).toEqual(["null.b"]);
    expect(sequence().filter((call) => call.startsWith("POST"))).toEqual([]);
  });

  it("refuses a version that is complete, and one of another template type", async () => {
    const { pending } = await publishVersion(registry, toPublish);
    await expect(publishVersion(registry, { ...toPublish, templateType: "JSON" })).rejects.toThrow(
      "was begun with a template of type HCL2",
    );
    for (const report of pending) await report.complete(finished);
    await expect(publishVersion(registry, toPublish)).rejects.toThrow("is complete as v1");
  });

  it("aborts when a missing version is answered with another code than 10", async () => {
    fake.overrides.set("GET /buckets/base/versions/f1", { status: 404, body: { code: 5, message: "not found" } });
    await expect(publishVersion(registry, toPublish)).rejects.toThrow(
      "refused GetVersion (HTTP 404, code 5): not found",
    );
    expect(sequence()).not.toContain("POST /buckets/base/versions");
  });

  it("finds the builds that somebody else created in the meantime", async () => {
    const first = await publishVersion(registry, toPublish);
    fake.overrides.set("POST /buckets/base/versions/f2/builds", { status: 409, body: { code: 6, message: "exists" } });
    const inProgress = fake.versions.get("f1");
    if (inProgress !== undefined) fake.versions.set("f2", { ...inProgress, fingerprint: "f2" });
    const again = await publishVersion(registry, { ...toPublish, fingerprint: "f2" });
    expect(again.pending.map((r) => r.component)).toEqual(first.pending.map((r) => r.component));
  });

  it.each([5, 12])("takes code %i for a bucket without enforced provisioners", async (code) => {
    fake.overrides.set("GET /enforced_blocks/bucket/base", { status: 404, body: { code, message: "" } });
    expect((await publishVersion(registry, toPublish)).enforcedBlocks).toEqual([]);
  });

  it("sends BUILD_FAILED when the registry refuses the last word", async () => {
    const { pending } = await publishVersion(registry, toPublish);
    const id = String(fake.versions.get("f1")?.builds[0]?.["id"]);
    const call = `PATCH /buckets/base/versions/f1/builds/${id}`;
    fake.overrides.set(call, { status: 409, body: { code: 6, message: "You cannot override a build's Platform" } });
    await expect(pending[0]?.complete(finished)).rejects.toThrow("You cannot override");
    expect(fake.calls.at(-1)).toEqual({
      call,
      body: { status: "BUILD_FAILED", packer_run_uuid: "run-1", artifacts: null },
    });
  });

  it("beats while it builds, and never after the last word", async () => {
    const { pending } = await publishVersion(registry, toPublish, { heartbeatMs: 1 });
    const [report] = pending;
    await report?.begin();
    const beats = (): number =>
      fake.calls.filter(({ body }) => (body as { status?: string })?.status === "BUILD_RUNNING").length;
    await expect.poll(beats).toBeGreaterThan(2);
    await report?.fail();
    const statuses = fake.calls.map(({ body }) => (body as { status?: string } | undefined)?.status);
    expect(statuses.at(-1)).toBe("BUILD_FAILED");
  });
});
