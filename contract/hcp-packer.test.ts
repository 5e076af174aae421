import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "@ingot/server/testing";
import { createHcpPackerPlane } from "../packages/server/src/wire/hcp-packer/index.ts";
import {
  startRegistry,
  type RegistryUnderTest,
} from "../packages/server/src/wire/hcp-packer/testing/registry-under-test.ts";
import { cycloneDxOf, uploadOf } from "../packages/server/src/wire/hcp-packer/testing/sbom-documents.ts";
import { anAdvisory, importAdvisories } from "../packages/server/src/wire/hcp-packer/testing/scanned-images.ts";
import { loadPublishedSpec } from "./published-spec.ts";

const spec = loadPublishedSpec("hcp-packer-2023-01-01.swagger.json");
const [sqlite] = databasesUnderTest();

describe.skipIf(spec === undefined)("the published API of the registry, 2023-01-01", () => {
  let registry: RegistryUnderTest;
  const answered = new Set<string>();
  beforeAll(async () => {
    registry = await startRegistry(sqlite as NonNullable<typeof sqlite>);
  });
  afterAll(() => registry.close());

  /** Calls, and fails the test when the answer is not one that the document describes. */
  async function call(method: string, below: string, body?: unknown, as?: string) {
    const answer = await registry.call(method, below, {
      ...(body === undefined ? {} : { body }),
      ...(as === undefined ? {} : { as }),
    });
    const operation = spec?.find(method, registry.project + below);
    if (operation === undefined) throw new Error(`the document has no ${method} ${below}`);
    expect(spec?.problems(operation, answer.status, answer.json)).toEqual([]);
    if (answer.status === 200) answered.add(operation.id.replace("PackerService_", ""));
    return answer;
  }

  it("has exactly the operations of the plane's table, with the same methods and paths", () => {
    const ours = createHcpPackerPlane({
      db: undefined as never,
      now: Date.now,
      pageSigner: { sign: () => "", open: () => undefined },
      blobs: undefined as never,
      signer: undefined as never,
      publicUrl: () => "",
      wakeJobs: () => {},
      sealer: undefined as never,
      openLatestChannel: () => Promise.resolve(),
      readHcl: () => Promise.resolve({}),
    })
      .routes.filter((r) => r.path.startsWith("/2023-01-01/"))
      .map((r) => `${r.audit} ${r.method} /packer${r.path.replaceAll(/:[a-z_]+/g, "*")}`);
    const theirs = spec?.operations.map(
      (o) => `${o.id.replace("PackerService_", "")} ${o.method} ${o.path.replaceAll(/\{[^}]+\}/g, "*")}`,
    );
    expect(ours.sort()).toEqual(theirs?.sort());
  });

  it.each([
    ["a 64-bit number that is not a text", { bucket: { version_count: 1 } }],
    ["a misspelt member", { bucket: { versionCount: "1" } }],
    ["an unknown status", { bucket: { latest_version: { status: "ACTIVE" } } }],
    ["an empty date", { bucket: { created_at: "" } }],
  ])("does not describe %s", (_what, body) => {
    const operation = spec?.find("GET", `${registry.project}/buckets/x`);
    expect(operation && spec?.problems(operation, 200, body)).toHaveLength(1);
  });

  it("describes every answer to every operation that is served", async () => {
    const { admin, viewer } = registry.tokens;
    await call("GET", "/registry");
    await call("PUT", "/registry", { feature_tier: "PLUS" }, admin);
    await call("PATCH", "/registry", { activated: true, update_mask: "activated" }, admin);
    await call("GET", "/runtasks/config");
    await call("GET", "/runtasks/validation", undefined, admin);
    await call("GET", "/runtasks/other", undefined, admin);
    await call("PATCH", "/runtasks/config", { on_untracked_image: "FAIL" }, admin);
    await call("PATCH", "/runtasks/hmac", {}, admin);
    await call("GET", "/registry");

    await call("PUT", "/buckets", { name: "base", description: "a base", labels: { team: "images" } });
    await call("PUT", "/buckets", { name: "base" });
    await call("GET", "/buckets/base");
    await call("GET", "/buckets/missing");
    await call("PATCH", "/buckets/base", { description: "the base", platforms: null });
    await call("GET", "/enforced_blocks/bucket/base");
    await call("GET", "/buckets/base/channels/latest");
    await call("GET", "/buckets/base/channels/latest", undefined, viewer);

    await call("GET", "/buckets/base/versions/one");
    await call("POST", "/buckets/base/versions", { fingerprint: "one", template_type: "HCL2" });
    await call("GET", "/buckets/base/versions/one/builds");
    const builds = "/buckets/base/versions/one/builds";
    const { build } = (await call("POST", builds, { component_type: "null.a", status: "BUILD_UNSET", artifacts: null }))
      .json;
    await call("PATCH", `${builds}/${build.id}`, { status: "BUILD_RUNNING", packer_run_uuid: "u", artifacts: null });
    await call("GET", "/buckets/base/versions/one");
    const sboms = `${builds}/${build.id}/sboms`;
    const purl = "pkg:deb/debian/openssl@3.0.11?distro=debian-12";
    await call("PUT", sboms, uploadOf(cycloneDxOf([{ name: "openssl", version: "3.0.11", purl }]), { name: "image" }));
    await call("PUT", sboms, uploadOf(cycloneDxOf([])));
    await call("PUT", sboms, uploadOf("{", { name: "cut" }));
    await call("GET", sboms);
    await call("GET", `${sboms}/image`);
    await call("GET", `${sboms}/missing`);
    await call("GET", `${builds}/${build.id}/packages?pagination.page_size=1`);
    await call("GET", "/buckets/base/packages?sorting.order_by=version%20desc");
    await call("GET", "/buckets/base/packages?package_name=missing");
    for (const list of ["packages/with-vulnerabilities", "packages/vulnerability-summary", "vulnerabilities"]) {
      await call("GET", `/buckets/base/${list}`);
    }
    await call("PATCH", `${builds}/${build.id}`, {
      status: "BUILD_DONE",
      platform: "aws",
      labels: { a: "b" },
      artifacts: [{ external_identifier: "ami-1", region: "us-east-1" }],
      metadata: { packer: { version: "1.16.0" }, cicd: {}, vcs: { type: "git" } },
    });
    await call("GET", `${builds}/${build.id}`);
    await call("GET", builds);
    await call("PATCH", `${builds}/${build.id}`, { platform: "gce" });

    await importAdvisories(registry, [anAdvisory("DEBIAN-CVE-2026-1", { name: "openssl", fixed: "3.0.12" })]);
    const { vulnerabilities } = (await call("GET", "/buckets/base/vulnerabilities?criticality=Unknown")).json;
    expect(vulnerabilities).toHaveLength(1);
    await call("GET", "/buckets/base/vulnerabilities?criticality=Terrible");
    await call("GET", "/buckets/base/packages/with-vulnerabilities");
    await call("GET", "/buckets/base/packages/vulnerability-summary");

    await call("POST", "/buckets/base/channels", { name: "production", version_fingerprint: "one" });
    const { channel } = (await call("POST", "/buckets/base/channels", { name: "staging" })).json;
    await call("PATCH", "/buckets/base/channels/staging", {});
    await call("PATCH", "/buckets/base/channels/staging", { restricted: true, update_mask: "restricted" });
    await call("POST", "/buckets/base/channels/assign", { source_channel: "production", target_channel: "staging" });
    await call("GET", "/buckets/base/channels/production");
    await call("GET", "/buckets/base/channels");
    await call("GET", "/buckets/base/channels/staging/history");

    const parent = (await call("GET", "/buckets/base/versions/one")).json.version;
    await registry.publish("child", "one", [{ parent_version_id: parent.id, parent_channel_id: channel.id }]);
    await call("GET", "/buckets/child/ancestry?type=ANCESTRY_TYPE_PARENTS");
    await call("GET", "/buckets/base/ancestry");
    await call("GET", "/buckets");
    await call("GET", "/buckets?pagination.page_size=1");
    await call("GET", "/buckets/base/versions");

    await call("POST", "/_search/external_artifact", { external_identifier: "ami-1", platform: "AWS" });
    await call("POST", "/_search/external_artifact?pagination.page_size=1", { external_identifier: "nothing" });
    await call("POST", "/_search/external_artifact", {});

    await call("PATCH", "/buckets/base/versions/one", { complete: true });
    await call("PATCH", "/buckets/base/versions/one", { revoke_in: "1d", revocation_message: "old" });
    await call("PATCH", "/buckets/base/versions/one", { revoke_in: "0s", revocation_message: "bad" });
    await call("GET", "/buckets/child/versions/one");
    await call("GET", "/buckets/child/channels/latest");
    await call("PATCH", "/buckets/child/versions/one", { restore: true });
    await call("PATCH", "/buckets/base/versions/one", { restore: true });

    const content = '{"provisioner":[{"shell":{"inline":["x"]}}]}';
    const newBlock = { name: "hardening", version: "1", template_type: "HCL2", block_content: content };
    const { enforced_block: block } = (await call("PUT", "/enforced_blocks", newBlock)).json;
    const blockPath = `/enforced_blocks/${block.id}`;
    const blockVersion = `${blockPath}/versions/${block.latest_version.id}`;
    await call("PUT", "/enforced_blocks", newBlock);
    await call("PUT", "/enforced_blocks", { ...newBlock, block_content: "x = 1" });
    await call("GET", "/enforced_blocks?sorting.order_by=name");
    await call("GET", blockPath);
    await call("PATCH", blockPath, { labels: { a: "b" }, update_mask: "labels" });
    await call("PUT", `${blockPath}/versions`, { version: "2", block_content: content });
    await call("GET", `${blockPath}/versions`);
    await call("PATCH", blockVersion, { additional_description: "x", update_mask: "additionalDescription" });
    await call("POST", `${blockVersion}/buckets`, { bucket_names: ["base", "child"] });
    await call("GET", `${blockVersion}/buckets`);
    await call("GET", "/enforced_blocks/bucket/base");
    await call("DELETE", blockPath);
    await call("POST", `${blockVersion}/buckets`, { bucket_names: [] });
    await call("DELETE", blockVersion);
    await call("DELETE", blockPath);

    await call("DELETE", "/buckets/base/versions/one");
    await call("DELETE", `${builds}/${build.id}`);
    await call("DELETE", "/buckets/base/channels/production");
    await call("DELETE", "/buckets/base/channels/latest");
    await call("DELETE", "/buckets/base/versions/one?rollback_channels=true");
    await call("DELETE", "/buckets/base");

    await call("DELETE", "/registry", undefined, admin);
    await call("PUT", "/buckets", { name: "refused" });
    await call("PUT", "/registry", { feature_tier: "STANDARD" }, admin);

    // Made anew where nobody has asked for it before.
    const made = await registry.call("PUT", `${registry.otherProject}/registry`, { as: admin, body: {} });
    const create = spec?.operations.find((o) => o.id === "PackerService_CreateRegistry");
    expect(made.status).toBe(200);
    expect(create && spec?.problems(create, 200, made.json)).toEqual([]);
    answered.add("CreateRegistry");

    const served = spec?.operations.map((o) => o.id.replace("PackerService_", "")) ?? [];
    expect([...answered].sort()).toEqual(served.sort());
  });
});
