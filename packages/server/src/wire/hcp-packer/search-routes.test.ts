import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

describe.each(databasesUnderTest())("artifacts on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    const regions = ["us-east-1", "eu-west-1"].map((region) => ({ external_identifier: "ami-1", region }));
    for (const fingerprint of ["one", "two", "three"]) {
      registry.clock.now++;
      await registry.publish("base", fingerprint, [{ artifacts: regions, labels: { fingerprint } }]);
    }
    registry.clock.now++;
    await registry.publish("other", "one", [
      { platform: "azure", artifacts: [{ external_identifier: "ami-1", region: "westeurope" }] },
      { artifacts: [{ external_identifier: "ami-10", region: "us-east-1" }] },
    ]);
    await registry.expect("PUT", `${registry.otherProject}/buckets`, {
      as: registry.tokens.elsewhere,
      body: { name: "base" },
    });
    await registry.expect("PATCH", "/buckets/base", { body: { labels: { team: "images" } } });
  });
  afterAll(() => registry.close());

  const search = (body: object, query = "", as = registry.tokens.viewer) =>
    registry.expect("POST", `/_search/external_artifact${query}`, { as, body });
  const found = async (body: object): Promise<string[]> =>
    (await search(body)).artifacts.map((one: any) => `${one.bucket.name}/${one.version.fingerprint}`);

  it("are found by their whole identifier with bucket, version and build, the youngest first and each build once", async () => {
    expect(await found({ external_identifier: "ami-1" })).toEqual(["other/one", "base/three", "base/two", "base/one"]);
    const [, one] = (await search({ external_identifier: "ami-1" })).artifacts;
    expect(one).toMatchObject({
      bucket: { name: "base", labels: { team: "images" } },
      version: { name: "v3", status: "VERSION_ACTIVE", fingerprint: "three", revoke_at: null },
      build: { platform: "aws", status: "BUILD_DONE", labels: { fingerprint: "three" } },
    });
    expect(one.build.artifacts).toHaveLength(2);
    expect(await found({ external_identifier: "ami" })).toEqual([]);
  });

  it("are narrowed by platform, in any case, and by region", async () => {
    expect(await found({ external_identifier: "ami-1", platform: "AZURE" })).toEqual(["other/one"]);
    expect(await found({ external_identifier: "ami-1", region: "eu-west-1" })).toHaveLength(3);
    expect(await found({ external_identifier: "ami-1", platform: "azure", region: "eu-west-1" })).toEqual([]);
  });

  it("are paged, with tokens that are good for this search alone", async () => {
    const body = { external_identifier: "ami-1" };
    const first = await search(body, "?pagination.page_size=3");
    const token = encodeURIComponent(first.pagination.next_page_token);
    const second = await search(body, `?pagination.page_size=3&pagination.next_page_token=${token}`);
    expect([...first.artifacts, ...second.artifacts].map((one) => one.version.id)).toHaveLength(4);
    expect(second.artifacts.map((one: any) => one.version.fingerprint)).toEqual(["one"]);
    expect(second.pagination.next_page_token).toBe("");
    const other = await registry.call("POST", `/_search/external_artifact?pagination.next_page_token=${token}`, {
      body: { external_identifier: "ami-10" },
    });
    expect(other).toMatchObject({ status: 400, json: { code: 3 } });
  });

  it("say that a version is revoked", async () => {
    await registry.publish("bad", "one", [{ artifacts: [{ external_identifier: "ami-bad", region: "r" }] }]);
    const body = { revoke_in: "0s", revocation_message: "CVE" };
    await registry.expect("PATCH", "/buckets/bad/versions/one", { body });
    const [one] = (await search({ external_identifier: "ami-bad" })).artifacts;
    expect(one.version).toMatchObject({
      status: "VERSION_REVOKED",
      revocation_message: "CVE",
      revocation_type: "MANUAL",
    });
  });

  it("of another project are not found, and an empty identifier is refused", async () => {
    const path = `${registry.otherProject}/_search/external_artifact`;
    const as = registry.tokens.elsewhere;
    expect((await registry.expect("POST", path, { as, body: { external_identifier: "ami-1" } })).artifacts).toEqual([]);
    expect(await registry.call("POST", "/_search/external_artifact", { body: {} })).toMatchObject({
      status: 400,
      json: { code: 3 },
    });
  });

  describe("of a channel, by the labels of their build", () => {
    const byLabels = (body: object, channel = "latest") =>
      registry.call(
        "POST",
        `${registry.project.replace("2023-01-01", "2022-12-02")}/images/base/channels/${channel}/_search/by_labels`,
        { body },
      );

    it("are found with the artifacts of the region", async () => {
      const { status, json } = await byLabels({
        labels: { fingerprint: "three" },
        cloud_provider: "aws",
        region: "eu-west-1",
      });
      expect(status).toBe(200);
      expect(json.artifact).toMatchObject({
        bucket: { name: "base" },
        version: { name: "v3", fingerprint: "three" },
        build: { platform: "aws", artifacts: [{ external_identifier: "ami-1", region: "eu-west-1" }] },
      });
    });

    it.each([
      ["another label", { labels: { fingerprint: "one" } }, "latest"],
      ["another platform", { labels: {}, cloud_provider: "gce" }, "latest"],
      ["another region", { labels: {}, region: "mars" }, "latest"],
      ["no such channel", { labels: {} }, "missing"],
    ])("are not found for %s", async (_what, body, channel) => {
      expect(await byLabels(body, channel)).toMatchObject({ status: 404, json: { code: 5 } });
    });
  });
});
