import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databasesUnderTest } from "../../testing/index.ts";
import { startRegistry, type RegistryUnderTest } from "./testing/registry-under-test.ts";

const block_content = JSON.stringify({ provisioner: { shell: { inline: ["x"] } } });
const packer = "packer/1.16.0 hcp-go-sdk/0.174.0";

describe.each(databasesUnderTest())("a version of a bucket with an enforced block, on $name", (kind) => {
  let registry: RegistryUnderTest;
  let linked: string;
  let name: string;
  beforeAll(async () => {
    registry = await startRegistry(kind);
    const body = { name: "hardening", version: "1.0", block_content };
    const { enforced_block: block } = await registry.expect("PUT", "/enforced_blocks", { body });
    linked = `/enforced_blocks/${block.id}/versions/${block.latest_version.id}/buckets`;
  });
  afterAll(() => registry.close());
  beforeEach(async () => {
    registry.clock.now += 3_600_000;
    name = `b${registry.clock.now}`;
    await registry.expect("PUT", "/buckets", { body: { name } });
    await link([name]);
  });

  const link = (bucket_names: string[]) => registry.expect("POST", linked, { body: { bucket_names } });
  const version = (fingerprint: string) => `/buckets/${name}/versions/${fingerprint}`;

  /** Each call a second after the one before. */
  function send(method: string, path: string, body?: object, client = packer) {
    registry.clock.now += 1000;
    return registry.expect(method, path, { client, ...(body === undefined ? {} : { body }) });
  }

  /** What Packer does up to the moment at which its builds begin; returns the path of the build. */
  async function begin(fingerprint: string, { asks = true, client = packer } = {}): Promise<string> {
    await send("POST", `/buckets/${name}/versions`, { fingerprint, template_type: "HCL2" }, client);
    await send("GET", `${version(fingerprint)}/builds`, undefined, client);
    const body = { component_type: "null.a", status: "BUILD_UNSET", packer_run_uuid: `run ${fingerprint}` };
    const { build } = await send("POST", `${version(fingerprint)}/builds`, body, client);
    if (asks) await ask(client);
    return `${version(fingerprint)}/builds/${build.id}`;
  }
  const ask = (client = packer) => send("GET", `/enforced_blocks/bucket/${name}`, undefined, client);
  const run = (build: string, uuid: string) =>
    send("PATCH", build, { status: "BUILD_RUNNING", packer_run_uuid: `run ${uuid}` });
  const finish = (build: string) =>
    send("PATCH", build, { status: "BUILD_DONE", platform: "aws", artifacts: [{ external_identifier: build }] });

  async function enforcement(fingerprint: string, query = ""): Promise<any> {
    const path = `/api/v1/version-enforcements?bucket=${name}&fingerprint=${fingerprint}${query}`;
    const authorization = `Bearer ${registry.tokens.viewer}`;
    const answer = await registry.server.fetch(path, { headers: { authorization } });
    if (answer.status !== 200) throw new Error(answer.text);
    return answer.json.enforcements[0];
  }
  async function events(): Promise<any[]> {
    const authorization = `Bearer ${registry.tokens.viewer}`;
    const answer = await registry.server.fetch("/api/v1/events?limit=1000", { headers: { authorization } });
    return answer.json.events.filter((event: any) => event.data.bucket === name);
  }

  it("is enforced when its Packer run asked for the blocks", async () => {
    const build = await begin("f");
    await run(build, "f");
    expect(await enforcement("f")).toBeUndefined();
    await finish(build);
    expect(await enforcement("f")).toMatchObject({
      version: "v1",
      state: "enforced",
      reason: "asked",
      blocks: [{ block: "hardening", version: "1.0" }],
    });
    expect((await events()).map((event) => event.kind)).not.toContain("version.not_enforced");
  });

  it("is not enforced when its Packer run never asked, says so in an event, and is served all the same", async () => {
    const build = await begin("f", { asks: false });
    await run(build, "f");
    // Too late, and so that of somebody else.
    await ask();
    await finish(build);
    expect(await enforcement("f")).toMatchObject({ state: "not_enforced", reason: "did_not_ask" });
    const told = (await events()).find((event) => event.kind === "version.not_enforced");
    expect(told.summary).toBe(`${name} v1 was built without hardening 1.0`);
    expect(told.data).toMatchObject({ enforced_blocks: ["hardening 1.0"], reason: "did_not_ask" });
    const { channel } = await registry.expect("GET", `/buckets/${name}/channels/latest`);
    expect(channel.version.name).toBe("v1");
  });

  it("is not enforced when another tool published it, and no look of a person passes for a build", async () => {
    await ask("");
    await registry.publish(name, "f");
    expect(await enforcement("f")).toMatchObject({ state: "not_enforced", reason: "other_builder" });
    const build = await begin("g", { client: "terraform-provider-hcp hcp-go-sdk/0.175.0" });
    await run(build, "g");
    await finish(build);
    expect(await enforcement("g")).toMatchObject({ state: "not_enforced", reason: "other_builder" });
  });

  it("needs none when nothing was linked when its builds began, whatever is linked later", async () => {
    await link([]);
    const build = await begin("f", { asks: false });
    await run(build, "f");
    await link([name]);
    await finish(build);
    expect(await enforcement("f")).toMatchObject({ state: "none_required", reason: "nothing_linked", blocks: [] });
  });

  it("is unknown when two runs began together and one of them asked", async () => {
    const one = await begin("f", { asks: false });
    const two = await begin("g");
    await run(one, "f");
    await run(two, "g");
    await finish(one);
    await finish(two);
    for (const fingerprint of ["f", "g"]) {
      expect(await enforcement(fingerprint)).toMatchObject({ state: "unknown", reason: "several_runs" });
    }
    // Both asked: nothing is left to doubt.
    registry.clock.now += 3_600_000;
    const three = await begin("h");
    const four = await begin("i");
    for (const [build, uuid] of [
      [three, "h"],
      [four, "i"],
    ] as const) {
      await run(build, uuid);
      await finish(build);
      expect(await enforcement(uuid)).toMatchObject({ state: "enforced" });
    }
  });

  it("is judged by the run that took a failed build up again", async () => {
    const build = await begin("f", { asks: false });
    await run(build, "f");
    await send("PATCH", build, { status: "BUILD_FAILED", packer_run_uuid: "run f" });
    await send("GET", `${version("f")}/builds`);
    await ask();
    await run(build, "again");
    await finish(build);
    expect(await enforcement("f")).toMatchObject({ state: "enforced" });
  });

  it("keeps what it was built with when the block is unlinked and deleted", async () => {
    const body = { name: `short ${name}`, version: "7", block_content };
    const { enforced_block: block } = await registry.expect("PUT", "/enforced_blocks", { body });
    const links = `/enforced_blocks/${block.id}/versions/${block.latest_version.id}/buckets`;
    await link([]);
    await registry.expect("POST", links, { body: { bucket_names: [name] } });
    const build = await begin("f");
    await run(build, "f");
    await finish(build);
    await registry.expect("POST", links, { body: { bucket_names: [] } });
    await registry.expect("DELETE", `/enforced_blocks/${block.id}`);
    expect((await enforcement("f")).blocks).toEqual([{ block: `short ${name}`, version: "7" }]);
    expect(await enforcement("f", "&state=not_enforced")).toBeUndefined();
  });

  it("is hidden from another tenant with its bucket", async () => {
    const answer = await registry.server.fetch(`/api/v1/version-enforcements?bucket=${name}`, {
      headers: { authorization: `Bearer ${registry.tokens.elsewhere}` },
    });
    expect(answer.status).toBe(404);
  });
});
