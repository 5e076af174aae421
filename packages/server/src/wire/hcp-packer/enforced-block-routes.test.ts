import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

const content = (text: string) => JSON.stringify({ provisioner: [{ shell: { inline: [text] } }] });

describe.each(databasesUnderTest())("enforced blocks on $name", (kind) => {
  let registry: RegistryUnderTest;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    for (const name of ["one", "two", "three"]) await registry.expect("PUT", "/buckets", { body: { name } });
  });
  afterAll(() => registry.close());

  /** A block with its first version; each a millisecond younger than the one before. */
  async function makeBlock(name: string, more: object = {}): Promise<{ block: any; path: string; version: string }> {
    registry.clock.now++;
    const body = { name, version: "1.0", block_content: content(name), ...more };
    const { enforced_block: block } = await registry.expect("PUT", "/enforced_blocks", { body });
    const path = `/enforced_blocks/${block.id}`;
    return { block, path, version: `${path}/versions/${block.latest_version.id}` };
  }
  const link = (version: string, names: string[] | null) =>
    registry.expect("POST", `${version}/buckets`, { body: { bucket_names: names } });
  const byBucket = async (name: string) =>
    (await registry.expect("GET", `/enforced_blocks/bucket/${name}`)).enforced_block_detail;
  const namesOf = async (bucket: string) => (await byBucket(bucket)).map((detail: any) => detail.name);

  it("are made with their first version, and shown with the newest", async () => {
    const more = { labels: { team: "sec" }, additional_description: "first", template_type: "HCL2" };
    const { block, path } = await makeBlock("hardening", more);
    expect(block).toMatchObject({
      name: "hardening",
      labels: { team: "sec" },
      location: { project_id: registry.ids.projectId },
      resource_name: `packer/project/${registry.ids.projectId}/enforced-block/hardening`,
      latest_version: {
        enforced_block_id: block.id,
        version: "1.0",
        template_type: "HCL2",
        block_content: content("hardening"),
        additional_description: "first",
      },
    });
    registry.clock.now++;
    const second = { version: "2.0", block_content: '{"provisioners":[{"type":"shell"}]}' };
    const { enforced_block_version: made } = await registry.expect("PUT", `${path}/versions`, { body: second });
    expect(made.template_type).toBe("JSON");
    expect((await registry.expect("GET", path)).enforced_block.latest_version).toEqual(made);
    const { enforced_block_detail: versions } = await registry.expect("GET", `${path}/versions`);
    expect(versions.map((detail: any) => [detail.name, detail.version.version])).toEqual([
      ["hardening", "2.0"],
      ["hardening", "1.0"],
    ]);
  });

  it("refuse a name or a label that is taken with 409 and code 6", async () => {
    const { path } = await makeBlock("taken");
    const again = { name: "taken", version: "1.0", block_content: content("x") };
    expect(await registry.call("PUT", "/enforced_blocks", { body: again })).toMatchObject({
      status: 409,
      json: { code: 6, message: expect.stringContaining("name taken already exists") as string },
    });
    const version = { version: "1.0", block_content: content("x") };
    expect(await registry.call("PUT", `${path}/versions`, { body: version })).toMatchObject({
      status: 409,
      json: { code: 6 },
    });
    const { path: other } = await makeBlock("renamed");
    expect(await registry.call("PATCH", other, { body: { name: "taken", update_mask: "name" } })).toMatchObject({
      status: 409,
      json: { code: 6 },
    });
    expect((await registry.expect("GET", other)).enforced_block.name).toBe("renamed");
  });

  it.each([
    ["a block that Packer could not read", { block_content: 'provisioner "shell" {\n  inline = [\n}\n' }, /Line 3/],
    ["a block of something else", { block_content: 'source "null" "x" {\n}\n' }, /only provisioners/],
    ["no content", { block_content: undefined }, /is empty/],
    ["no version", { version: undefined }, /version of an enforced block has 1 to/],
    ["a name with a slash", { name: "a/b" }, /name of an enforced block/],
    ["an unknown kind of template", { template_type: "YAML" }, /template_type is "YAML"/],
  ])("refuse %s with 400 and code 3, and make nothing", async (_what, change, message) => {
    const body = { name: "refused", version: "1", block_content: content("x"), ...change };
    expect(await registry.call("PUT", "/enforced_blocks", { body })).toMatchObject({
      status: 400,
      json: { code: 3, message: expect.stringMatching(message) as string },
    });
    const { enforced_blocks: listed } = await registry.expect("GET", "/enforced_blocks");
    expect(listed.map((block: any) => block.name)).not.toContain("refused");
  });

  it.each([
    ["camelCase", "additionalDescription"],
    ["snake_case", "additional_description"],
  ])("change what a mask in %s names, and nothing else", async (_case, mask) => {
    const { path, version } = await makeBlock(`masked ${mask}`, { additional_description: "old", labels: { a: "1" } });
    const changed = await registry.expect("PATCH", version, {
      body: { additional_description: "new", update_mask: mask },
    });
    expect(changed.enforced_block_version).toMatchObject({ additional_description: "new", version: "1.0" });
    // What the mask names and the body lacks becomes empty: clients leave zero values out.
    const cleared = await registry.expect("PATCH", version, { body: { update_mask: mask } });
    expect(cleared.enforced_block_version.additional_description).toBe("");
    const block = await registry.expect("PATCH", path, {
      body: { labels: { b: "2" }, name: "x", update_mask: "labels" },
    });
    expect(block.enforced_block).toMatchObject({ name: `masked ${mask}`, labels: { b: "2" } });
    expect(await registry.call("PATCH", path, { body: { update_mask: "block_content" } })).toMatchObject({
      status: 400,
      json: { code: 3 },
    });
  });

  it("are given to the builds of a bucket in the order in which they were linked", async () => {
    const [b, a, c] = [await makeBlock("order b"), await makeBlock("order a"), await makeBlock("order c")];
    for (const { version } of [b, a, c]) {
      registry.clock.now++;
      await link(version, ["one"]);
    }
    expect(await namesOf("one")).toEqual(["order b", "order a", "order c"]);
    expect((await byBucket("one"))[0]).toMatchObject({
      id: b.block.id,
      version: { block_content: content("order b") },
    });

    // A new version takes the place of the old one, without a moment in which there is none.
    registry.clock.now++;
    const next = { version: "2.0", block_content: content("new") };
    const { enforced_block_version: newer } = await registry.expect("PUT", `${b.path}/versions`, { body: next });
    await link(`${b.path}/versions/${newer.id}`, ["one"]);
    expect(await namesOf("one")).toEqual(["order b", "order a", "order c"]);
    expect((await byBucket("one"))[0].version.version).toBe("2.0");
    expect((await registry.expect("GET", `${b.version}/buckets`)).linked_buckets).toEqual([]);
    for (const version of [`${b.path}/versions/${newer.id}`, a.version, c.version]) await link(version, []);
    expect(await byBucket("one")).toEqual([]);
  });

  it("are linked to exactly the buckets that are named", async () => {
    const { block, version } = await makeBlock("links");
    const first = await link(version, ["two", "one", "two"]);
    expect(first.enforced_block_buckets).toHaveLength(2);
    expect(first.enforced_block_buckets[0]).toMatchObject({
      enforced_block_id: block.id,
      enforced_block_version_id: block.latest_version.id,
    });
    registry.clock.now++;
    await link(version, ["two", "three"]);
    const { linked_buckets: linked } = await registry.expect("GET", `${version}/buckets`);
    expect(linked.map((one: any) => one.bucket.name)).toEqual(["two", "three"]);
    // The link that stays is the one that was there.
    expect(linked[0].id).toBe(
      first.enforced_block_buckets.find((one: any) => one.bucket_id === linked[0].bucket.id).id,
    );
    expect(await namesOf("one")).toEqual([]);
    expect((await link(version, null)).enforced_block_buckets).toHaveLength(2);
    expect(
      await registry.call("POST", `${version}/buckets`, { body: { bucket_names: ["two", "missing"] } }),
    ).toMatchObject({ status: 404, json: { code: 5 } });
    expect(await namesOf("three")).toEqual(["links"]);
    await link(version, []);
  });

  it("cannot be deleted while a bucket is linked, and can afterwards", async () => {
    const { path, version } = await makeBlock("kept");
    await link(version, ["one"]);
    for (const target of [path, version]) {
      expect(await registry.call("DELETE", target)).toMatchObject({
        status: 400,
        json: { code: 9, message: expect.stringContaining("linked to 1 bucket,") as string },
      });
    }
    expect(await namesOf("one")).toEqual(["kept"]);
    await link(version, []);
    expect(await registry.expect("DELETE", version)).toEqual({});
    expect((await registry.expect("GET", path)).enforced_block.latest_version).toBeNull();
    expect(await registry.expect("DELETE", path)).toEqual({});
    expect(await registry.call("GET", path)).toMatchObject({ status: 404, json: { code: 5 } });
  });

  it("let a deleted bucket go", async () => {
    const { path, version } = await makeBlock("of a bucket");
    await registry.expect("PUT", "/buckets", { body: { name: "gone" } });
    await link(version, ["gone"]);
    await registry.expect("DELETE", "/buckets/gone");
    expect((await registry.expect("GET", `${version}/buckets`)).linked_buckets).toEqual([]);
    expect(await registry.expect("DELETE", path)).toEqual({});
  });

  it("have linked buckets of their own versions only; what is missing is named", async () => {
    const { path } = await makeBlock("mine");
    const { version } = await makeBlock("other");
    const foreign = `${path}${version.slice(version.indexOf("/versions/"))}/buckets`;
    expect((await registry.call("GET", foreign)).json).toMatchObject({
      code: 5,
      message: expect.stringMatching(/^The enforced block version with identifier \w+ does not exist\.$/) as string,
    });
    expect((await registry.call("GET", "/enforced_blocks/none/versions/none/buckets")).json).toMatchObject({
      code: 5,
      message: "The enforced block with identifier none does not exist.",
    });
  });

  it("are sorted and paged by the database; the whole list has no tokens", async () => {
    const all = await registry.expect("GET", "/enforced_blocks");
    expect(all.pagination).toBeUndefined();
    const names: string[] = all.enforced_blocks.map((block: any) => block.name);
    expect(names).toEqual([...names].sort());
    const seen: string[] = [];
    const times: string[] = [];
    for (let token = ""; ;) {
      const query = `sorting.order_by=created_at%20desc&pagination.page_size=3&pagination.next_page_token=${token}`;
      const page = await registry.expect("GET", `/enforced_blocks?${query}`);
      seen.push(...page.enforced_blocks.map((block: any) => block.name));
      times.push(...page.enforced_blocks.map((block: any) => block.created_at));
      token = page.pagination?.next_page_token ?? "";
      if (token === "") break;
    }
    expect([...seen].sort()).toEqual(names);
    expect(times).toEqual([...times].sort().reverse());
    expect(await registry.call("GET", "/enforced_blocks?sorting.order_by=labels")).toMatchObject({
      status: 400,
      json: { code: 3 },
    });
  });

  it("of another project do not exist, and cannot be linked across", async () => {
    const { path, version } = await makeBlock("hidden");
    const below = (target: string) => registry.otherProject + target;
    const as = registry.tokens.elsewhere;
    for (const [method, target, body] of [
      ["GET", path],
      ["GET", `${path}/versions`],
      ["GET", `${version}/buckets`],
      ["PATCH", path, { name: "x" }],
      ["PATCH", version, { additional_description: "x" }],
      ["PUT", `${path}/versions`, { version: "9", block_content: content("x") }],
      ["POST", `${version}/buckets`, { bucket_names: [] }],
      ["DELETE", version],
      ["DELETE", path],
    ] as const) {
      const answer = await registry.call(method, below(target), { as, ...(body === undefined ? {} : { body }) });
      expect({ method, target, status: answer.status, code: answer.json.code }).toEqual({
        method,
        target,
        status: 404,
        code: 5,
      });
    }
    await registry.expect("PUT", below("/buckets"), { as, body: { name: "theirs" } });
    expect(await registry.call("POST", `${version}/buckets`, { body: { bucket_names: ["theirs"] } })).toMatchObject({
      status: 404,
    });
  });
});
