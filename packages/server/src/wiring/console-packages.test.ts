import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "../wire/hcp-packer/testing/registry-under-test.ts";
import { cycloneDxOf, uploadOf } from "../wire/hcp-packer/testing/sbom-documents.ts";

const openssl = { name: "openssl", version: "3.0.2", purl: "pkg:deb/debian/openssl@3.0.2?arch=amd64" };

describe.each(databasesUnderTest())("who contains a package, on $name,", (kind) => {
  let registry: RegistryUnderTest;
  const buildIds = new Map<string, string>();
  beforeAll(async () => {
    registry = await startRegistry(kind);
    await make("base", "one", [openssl]);
    for (let i = 2; i <= 24; i++) await make("base", `fp-${i}`, [openssl]);
    await registry.expect("POST", "/buckets/base/channels", {
      body: { name: "production", version_fingerprint: "one" },
    });
    for (let i = 0; i < 5; i++) {
      await make(`app-${i}`, "one", [
        openssl,
        { name: "openssl-tool", version: "1", purl: "pkg:deb/debian/openssl-tool@1" },
      ]);
    }
    await make("other", "one", [openssl], { project: registry.otherProject, as: registry.tokens.elsewhere });
  });
  afterAll(() => registry.close());

  async function make(
    bucket: string,
    fingerprint: string,
    packages: Parameters<typeof cycloneDxOf>[0],
    { project = registry.project, as = registry.tokens.contributor } = {},
  ): Promise<void> {
    const made = await registry.call("PUT", `${project}/buckets`, { as, body: { name: bucket } });
    expect([200, 409]).toContain(made.status);
    const versions = `${project}/buckets/${bucket}/versions`;
    await registry.expect("POST", versions, { as, body: { fingerprint } });
    const builds = `${versions}/${fingerprint}/builds`;
    const { build } = await registry.expect("POST", builds, {
      as,
      body: { component_type: "null.a", status: "BUILD_RUNNING" },
    });
    buildIds.set(`${bucket} ${fingerprint}`, build.id);
    const body = uploadOf(cycloneDxOf(packages), { name: "sbom" });
    await registry.expect("PUT", `${builds}/${build.id}/sboms`, { as, body });
    await registry.expect("PATCH", `${builds}/${build.id}`, { as, body: { status: "BUILD_DONE", platform: "aws" } });
  }

  const ask = (query: string, as = registry.tokens.contributor, path = "packages") =>
    registry.server.fetch(`/api/v1/${path}?${query}`, { headers: { authorization: `Bearer ${as}` } });
  const bucketsOf = (answer: any) => answer.json.packages.map((one: any) => one.bucket).sort();

  it("names each bucket once, with what its channels serve before what is newest", async () => {
    const { json } = await ask("name=openssl&version=3.0.2");
    expect(json.packages.map((one: any) => one.bucket).sort()).toEqual([
      ...Array.from({ length: 5 }, (_, i) => `app-${i}`),
      "base",
    ]);
    const base = json.packages.find((one: any) => one.bucket === "base");
    expect(base).toMatchObject({ ...openssl, builds_total: 24 });
    expect(base.builds).toHaveLength(20);
    // `latest` holds the newest, v24; production holds the oldest.
    expect(base.builds.slice(0, 3).map((one: any) => [one.version, one.channels])).toEqual([
      ["v24", ["latest"]],
      ["v1", ["production"]],
      ["v23", []],
    ]);
    expect(base.builds[0]).toMatchObject({ component_type: "null.a", sbom: "sbom", revoke_at: null });
  });

  it.each([
    ["name_starts_with=openssl-", 5],
    ["name_starts_with=openssl", 11],
    ["name=opens", 0],
    ["purl=pkg:deb/debian/openssl", 6],
    ["purl=pkg:deb/debian/openssl@3.0.2", 6],
    [`purl=${encodeURIComponent(openssl.purl)}`, 6],
    ["name=openssl&bucket=base", 1],
    ["bucket=app-1", 2],
    ["name=openssl&version=9", 0],
  ])("by %s finds %i", async (query, count) => {
    expect((await ask(query)).json.packages).toHaveLength(count);
  });

  it("pages without a gap or a repetition", async () => {
    const seen: string[] = [];
    let after = "";
    do {
      const { json } = await ask(`name_starts_with=openssl&limit=4${after === "" ? "" : `&after=${after}`}`);
      seen.push(...json.packages.map((one: any) => `${one.name} ${one.bucket}`));
      after = json.next ?? "";
    } while (after !== "");
    expect(seen).toHaveLength(11);
    expect(new Set(seen).size).toBe(11);
    expect((await ask("name=openssl&after=bm9uc2Vuc2U")).json.error).toBe("bad_cursor");
    const foreign = Buffer.from('["a","b"]').toString("base64url");
    expect((await ask(`name=openssl&after=${foreign}`)).json.error).toBe("bad_cursor");
  });

  it("is not told of another project, nor of restricted channels to who may not read them", async () => {
    expect(bucketsOf(await ask("name=openssl", registry.tokens.elsewhere))).toEqual(["other"]);
    expect((await ask("name=openssl", registry.tokens.foreign)).json.packages).toEqual([]);
    const { json } = await ask("name=openssl&bucket=base", registry.tokens.viewer);
    expect(json.packages[0].builds.slice(0, 2).map((one: any) => one.channels)).toEqual([[], ["production"]]);
  });

  it("needs a question", async () => {
    expect((await ask("version=3.0.2")).json.error).toBe("no_question");
  });

  it("lists the SBOMs of a build with what is known of them, to nobody else", async () => {
    const query = `bucket=base&fingerprint=one&build=${buildIds.get("base one")}`;
    const { json } = await ask(query, registry.tokens.viewer, "sboms");
    expect(json.sboms).toMatchObject([
      { name: "sbom", format: "cyclonedx", unreadable_because: null, package_count: 1 },
    ]);
    expect((await ask(query, registry.tokens.foreign, "sboms")).status).toBe(404);
    expect((await ask(query, registry.tokens.elsewhere, "sboms")).status).toBe(404);
  });
});
