import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";
import { cycloneDxOf, spdxOf, uploadOf } from "./testing/sbom-documents.ts";

const openssl = { name: "openssl", version: "3.0.11", purl: "pkg:deb/debian/openssl@3.0.11?distro=debian-12" };
const zlib = { name: "zlib1g", version: "1.2.13", purl: "pkg:deb/debian/zlib1g@1.2.13?distro=debian-12" };
const hourMs = 3_600_000;

describe.each(databasesUnderTest())("the SBOMs of builds on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
  });
  afterAll(() => registry.close());

  /** A bucket with one version that builds at this moment. Returns the path of its build. */
  async function startBuild(bucket: string, fingerprint = "fp", run = "run-1"): Promise<string> {
    const made = await registry.call("PUT", "/buckets", { body: { name: bucket } });
    expect([200, 409]).toContain(made.status);
    await registry.expect("POST", `/buckets/${bucket}/versions`, { body: { fingerprint } });
    const builds = `/buckets/${bucket}/versions/${fingerprint}/builds`;
    const body = { component_type: "null.a", status: "BUILD_RUNNING", packer_run_uuid: run };
    return `${builds}/${(await registry.expect("POST", builds, { body })).build.id}`;
  }

  const upload = (build: string, body: unknown) => registry.call("PUT", `${build}/sboms`, { body });
  const listed = async (build: string) => (await registry.expect("GET", `${build}/sboms`)).sboms;
  const finish = (build: string) =>
    registry.expect("PATCH", build, { body: { status: "BUILD_DONE", artifacts: [{ external_identifier: build }] } });
  const names = (answer: any) => answer.packages.map((one: any) => `${one.name} ${one.version}`);

  async function storedFiles(): Promise<string[]> {
    const folder = join(registry.server.dataDir, "blobs", "sboms");
    return (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) => name.endsWith(".zst"));
  }

  it("are served unchanged by a link that needs no credential, for a quarter of an hour", async () => {
    const build = await startBuild("links");
    const document = spdxOf("image", [openssl, zlib]);
    const answer = await upload(build, uploadOf(document, { name: "sbom-spdx", format: "SPDX" }));
    expect(answer).toMatchObject({ status: 200, json: { sbom: { name: "sbom-spdx", format: "SPDX" } } });
    expect(await listed(build)).toEqual([answer.json.sbom]);
    const { download_url: link } = await registry.expect("GET", `${build}/sboms/sbom-spdx`);
    const path = new URL(link).pathname;
    const download = await registry.server.fetch(path);
    expect(download.text).toBe(document);
    expect(download.headers.get("content-disposition")).toBe('attachment; filename="sbom-spdx.json"');
    expect(download.headers.get("content-type")).toBe("application/json");
    expect((await registry.server.fetch(path.replace("/downloads/sboms/", "/downloads/sboms/x"))).status).toBe(404);
    registry.clock.now += 15 * 60_000 + 1000;
    expect((await registry.server.fetch(path)).status).toBe(404);
  });

  it("take the name of a new ULID when the upload names none", async () => {
    const build = await startBuild("unnamed");
    for (let i = 0; i < 2; i++) await upload(build, uploadOf(cycloneDxOf([openssl])));
    const sboms = await listed(build);
    expect(sboms).toHaveLength(2);
    for (const sbom of sboms) expect(sbom.name).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it.each<[string, unknown, string | RegExp]>([
    ["without packages", uploadOf(cycloneDxOf([])), "sbom contains no packages"],
    ["of the image alone", uploadOf(spdxOf("image", []), { format: "SPDX" }), "sbom contains no packages"],
    ["of another format than it says", uploadOf(spdxOf("image", [openssl])), /format SPDX; .* announced as CYCLONEDX/],
    ["of no format", uploadOf(cycloneDxOf([openssl]), { format: "cyclonedx" }), /format is "cyclonedx"/],
    ["under a short name", uploadOf(cycloneDxOf([openssl]), { name: "ab" }), /3 to 36 letters/],
    ["under a name with a path", uploadOf(cycloneDxOf([openssl]), { name: "../../x" }), /3 to 36 letters/],
    ["that is not base64", { compressed_sbom: "====", format: "SPDX" }, /not base64/],
    ["that is not zstd", { compressed_sbom: "aGVsbG8=", format: "SPDX" }, /not compressed with zstd/],
    ["that is not there", {}, /not compressed with zstd/],
  ])("refuse one %s", async (what, body, message) => {
    const build = await startBuild(`refused-${what.replaceAll(/\W/g, "-")}`.slice(0, 36).replace(/-$/, ""));
    const answer = await upload(build, body);
    expect(answer).toMatchObject({ status: 400, json: { code: 3 } });
    expect(answer.json.message).toMatch(message);
    expect(await listed(build)).toEqual([]);
  });

  it("are refused unless the build is running", async () => {
    const build = await startBuild("running");
    await finish(build);
    expect(await upload(build, uploadOf(cycloneDxOf([openssl])))).toMatchObject({
      status: 400,
      json: { code: 3, message: "This build's status isn't Running, so sboms can not be uploaded" },
    });
  });

  it("have one name each; the same document again is the same SBOM, another one is refused", async () => {
    const build = await startBuild("twice");
    const first = await upload(build, uploadOf(cycloneDxOf([openssl]), { name: "one" }));
    const again = await upload(build, uploadOf(cycloneDxOf([openssl]), { name: "one" }));
    expect(again.json).toEqual(first.json);
    const other = await upload(build, uploadOf(cycloneDxOf([zlib]), { name: "one" }));
    expect(other).toMatchObject({ status: 409, json: { code: 6 } });
    expect(await listed(build)).toHaveLength(1);
  });

  it("give way to those of the next run of a build that had failed", async () => {
    const build = await startBuild("again");
    await upload(build, uploadOf(cycloneDxOf([openssl]), { name: "sbom" }));
    await registry.expect("PATCH", build, { body: { status: "BUILD_FAILED", packer_run_uuid: "run-1" } });
    await registry.expect("PATCH", build, { body: { status: "BUILD_RUNNING", packer_run_uuid: "run-2" } });
    expect((await upload(build, uploadOf(cycloneDxOf([zlib]), { name: "sbom" }))).status).toBe(200);
    expect(await listed(build)).toHaveLength(1);
    expect(names(await registry.expect("GET", `${build}/packages`))).toEqual(["zlib1g 1.2.13"]);
  });

  it("accept four megabytes that hardly pack, and more", async () => {
    const build = await startBuild("large");
    const noise = Array.from({ length: 4000 }, (_, i) => ({
      name: `p${i}`,
      version: "1",
      cpe: randomBytes(500).toString("hex"),
    }));
    const body = uploadOf(cycloneDxOf(noise), { name: "large" });
    expect(body.compressed_sbom.length).toBeGreaterThan(4 << 20);
    expect((await upload(build, body)).status).toBe(200);
    const page = await registry.expect("GET", `${build}/packages?pagination.page_size=1000`);
    expect(page.packages).toHaveLength(1000);
    expect(page.pagination.next_page_token).not.toBe("");
  });

  it("that cannot be parsed are kept, can be downloaded, and never count as having no packages", async () => {
    const build = await startBuild("unreadable");
    const text = '{ "bomFormat": "CycloneDX", "specVersion": "1.5", "components": "?" }';
    expect((await upload(build, uploadOf(text, { name: "cut" }))).status).toBe(200);
    expect(await listed(build)).toMatchObject([{ name: "cut", format: "CYCLONEDX" }]);
    const link = (await registry.expect("GET", `${build}/sboms/cut`)).download_url;
    expect((await registry.server.fetch(new URL(link).pathname)).text).toBe(text);
    for (const path of [`${build}/packages`, "/buckets/unreadable/packages"]) {
      const unknown = await registry.call("GET", path);
      expect(unknown).toMatchObject({ status: 400, json: { code: 9 } });
      expect(unknown.json.message).toMatch(/not known: cut could not be parsed \(components must/);
    }
    // What is known is shown; that something else is not there is never said.
    await upload(build, uploadOf(cycloneDxOf([openssl]), { name: "good" }));
    expect(names(await registry.expect("GET", `${build}/packages`))).toEqual(["openssl 3.0.11"]);
    expect((await registry.call("GET", `${build}/packages?package_name=log4j`)).json.code).toBe(9);
  });

  it("list the packages of a build and of a bucket in all its versions, each once with its SBOMs", async () => {
    const first = await startBuild("lists", "one");
    await upload(first, uploadOf(cycloneDxOf([openssl, zlib]), { name: "cyclone" }));
    await upload(first, uploadOf(spdxOf("image", [openssl]), { name: "spdx", format: "SPDX" }));
    await finish(first);
    const second = await startBuild("lists", "two");
    const newer = { name: "openssl", version: "3.0.13" };
    await upload(second, uploadOf(cycloneDxOf([newer, zlib]), { name: "cyclone" }));

    const ofBuild = await registry.expect("GET", `${first}/packages`);
    expect(names(ofBuild)).toEqual(["openssl 3.0.11", "zlib1g 1.2.13"]);
    expect(ofBuild.packages[0]).toMatchObject(openssl);
    expect(ofBuild.packages[0].sboms.map((one: any) => `${one.name} ${one.format}`)).toEqual([
      "cyclone CYCLONEDX",
      "spdx SPDX",
    ]);
    const bucket = "/buckets/lists/packages";
    expect(names(await registry.expect("GET", bucket)).sort()).toEqual([
      "openssl 3.0.11",
      "openssl 3.0.13",
      "zlib1g 1.2.13",
    ]);
    const zlibs = await registry.expect("GET", `${bucket}?package_name=zlib1g`);
    expect(zlibs.packages[0].sboms).toHaveLength(2);

    expect(names(await registry.expect("GET", `${bucket}?package_name_starts_with=zl`))).toEqual(["zlib1g 1.2.13"]);
    expect(names(await registry.expect("GET", `${bucket}?package_version=3.0.13`))).toEqual(["openssl 3.0.13"]);
    expect(names(await registry.expect("GET", `${bucket}?package_name=open`))).toEqual([]);
    expect(names(await registry.expect("GET", `${bucket}?sorting.order_by=version%20desc`))).toEqual([
      "openssl 3.0.13",
      "openssl 3.0.11",
      "zlib1g 1.2.13",
    ]);

    // With its version goes what it was made of.
    await registry.expect("DELETE", "/buckets/lists/versions/one");
    expect(names(await registry.expect("GET", bucket))).toEqual(["openssl 3.0.13", "zlib1g 1.2.13"]);
  });

  it("page through packages in both directions without a gap or a repetition", async () => {
    const build = await startBuild("pages");
    const packages = Array.from({ length: 25 }, (_, i) => ({ name: `p${i % 5}`, version: String(i) }));
    await upload(build, uploadOf(cycloneDxOf(packages), { name: "all" }));
    for (const list of [`${build}/packages`, "/buckets/pages/packages"]) {
      const whole = names(await registry.expect("GET", list));
      expect(whole).toHaveLength(25);
      const seen: string[] = [];
      let query = "";
      let page: any;
      for (let i = 0; i < 4; i++) {
        page = await registry.expect("GET", `${list}?pagination.page_size=7${query}`);
        seen.push(...names(page));
        query = `&pagination.next_page_token=${encodeURIComponent(page.pagination.next_page_token)}`;
      }
      expect(page.pagination.next_page_token).toBe("");
      expect(seen).toEqual(whole);
      query = `&pagination.previous_page_token=${encodeURIComponent(page.pagination.previous_page_token)}`;
      expect(names(await registry.expect("GET", `${list}?pagination.page_size=7${query}`))).toEqual(
        whole.slice(14, 21),
      );
    }
  });

  it("leave no bytes and no packages behind, however they came to be gone", async () => {
    const { server, clock } = registry;
    // What other tests have left.
    clock.now += hourMs + 1000;
    await server.settle();
    const before = (await storedFiles()).length;
    const only = { name: "only-here", version: "1" };
    const build = await startBuild("gone", "one");
    await upload(build, uploadOf(cycloneDxOf([only, openssl]), { name: "one" }));
    // Refused after its bytes were stored: nobody ever had them.
    await upload(build, uploadOf(cycloneDxOf([zlib]), { name: "one" }));
    expect((await storedFiles()).length).toBe(before + 2);
    const other = await startBuild("gone-too", "one");
    await upload(other, uploadOf(cycloneDxOf([only]), { name: "one" }));
    await registry.expect("DELETE", "/buckets/gone");
    await server.settle();
    // An upload may still be at work on what was stored a moment ago.
    expect((await storedFiles()).length).toBe(before + 3);
    clock.now += hourMs + 1000;
    await server.settle();
    expect((await storedFiles()).length).toBe(before + 1);

    const count = async () =>
      (await server.db.selectFrom("packages").select("id").where("name", "=", "only-here").execute()).length;
    await registry.expect("DELETE", other);
    await server.settle();
    expect((await storedFiles()).length).toBe(before);
    expect(
      await server.db
        .selectFrom("bucket_packages")
        .select("bucket_id")
        .where("package_id", "in", (e) => e.selectFrom("packages").select("id").where("name", "=", "only-here"))
        .execute(),
    ).toEqual([]);
    expect(await count()).toBe(1);
    clock.now += 24 * hourMs;
    // Some hundred packages at a time.
    for (let i = 0; i < 20; i++) await server.settle();
    expect(await count()).toBe(0);
    expect(names(await registry.expect("GET", "/buckets/lists/packages"))).toContain("zlib1g 1.2.13");
  });

  it("takes sixteen uploads of shared packages at once", async () => {
    const builds = await Promise.all(Array.from({ length: 16 }, (_, i) => startBuild(`at-once-${i}`)));
    const packages = Array.from({ length: 300 }, (_, i) => ({ name: `shared${i}`, version: "1" }));
    const answers = await Promise.all(
      builds.map((build, i) =>
        upload(build, uploadOf(cycloneDxOf(i % 2 === 0 ? packages : [...packages].reverse()), { name: "sbom" })),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array(16).fill(200));
    const { count } = await registry.server.db
      .selectFrom("packages")
      .select((e) => e.fn.countAll<number>().as("count"))
      .where("name", "like", "shared%")
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(300);
  });
});
