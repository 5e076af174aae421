import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { checkOciLayout } from "../oci/check-layout.ts";
import { callCommand } from "../testing/call-command.ts";
import { startFakeRegistry, type FakeRegistry } from "../testing/fake-registry.ts";
import { findExecutable } from "./find-executable.ts";

const examples = resolve(import.meta.dirname, "../../../../examples");
const packer = await findExecutable("packer", process.env["PATH"]);
const builders = [
  { builder: "script", missing: "" },
  { builder: "packer", missing: packer === undefined ? " (skipped: packer is not on PATH)" : "" },
];

let fake: FakeRegistry;
let directory = "";
let environment: Record<string, string> = {};
beforeEach(async () => {
  fake = await startFakeRegistry();
  directory = await mkdtemp(join(tmpdir(), "ingot-build-"));
  environment = {
    HCP_API_ADDRESS: new URL(fake.connection.url).host,
    HCP_AUTH_URL: fake.connection.url,
    HCP_API_TLS: "disabled",
    HCP_ORGANIZATION_ID: "org",
    HCP_PROJECT_ID: "project",
    HCP_CLIENT_ID: "id",
    HCP_CLIENT_SECRET: "secret",
  };
});
afterEach(async () => {
  await fake.close();
  await rm(directory, { recursive: true, force: true });
});

const build = (args: string[], onStop?: (listener: (signal: NodeJS.Signals) => void) => void) =>
  callCommand(["build", ...args], { environment, workingDirectory: directory, ...(onStop && { onStop }) });

async function writeTemplate(definition: string, files: Record<string, string> = {}): Promise<string> {
  const template = join(directory, "template");
  await mkdir(template);
  await writeFile(join(template, "ingot-build.yaml"), definition);
  for (const [name, content] of Object.entries(files)) await writeFile(join(template, name), content, { mode: 0o755 });
  return template;
}

const lastStatus = (): unknown => (fake.calls.at(-1)?.body as { status?: unknown } | undefined)?.status;

describe.each(builders)("ingot build with the $builder builder$missing", ({ builder, missing }) => {
  const it = missing === "" ? test : test.skip;
  const buildExample = (name: string, release: string, ...args: string[]) =>
    build(
      ["--builder", builder, "--fingerprint", `${name}-${release}`, "--output-dir", `${name}-${release}`].concat(
        ["--var", `release=${release}`],
        args,
        join(examples, name),
      ),
    );

  it("makes a valid OCI image and publishes it under the digest of its manifest", async () => {
    const result = await buildExample("golden-base", "1", "--channel", "production");
    expect(result.err).toContain("golden-base");
    expect(result).toMatchObject({ status: 0, out: "golden-base v1 golden-base-1" });
    const image = await checkOciLayout(join(directory, "golden-base-1"));
    const done = fake.calls.find(({ body }) => (body as { status?: string } | undefined)?.status === "BUILD_DONE");
    expect(done?.body).toMatchObject({
      platform: "oci",
      artifacts: [{ external_identifier: image.digest, region: "local" }],
      labels: { location: join(directory, "golden-base-1"), release: "1" },
      metadata: { packer: { options: { path: join(examples, "golden-base"), vars: ["release"] } } },
    });
    expect(fake.calls.at(-1)).toEqual({
      call: "PATCH /buckets/golden-base/channels/production",
      body: { version_fingerprint: "golden-base-1", update_mask: "versionFingerprint" },
    });
  });

  it("builds a child on the layers of what its parent's channel holds, and publishes the ancestry", async () => {
    await buildExample("golden-base", "1");
    const base = await checkOciLayout(join(directory, "golden-base-1"));
    const parentVersion = fake.versions.get("golden-base-1");
    fake.overrides.set("GET /buckets/golden-base/channels/latest", {
      status: 200,
      body: { channel: { id: "channel-latest", name: "latest", version: parentVersion } },
    });
    expect(await buildExample("golden-app", "1")).toMatchObject({ status: 0 });
    const app = await checkOciLayout(join(directory, "golden-app-1"));
    expect(app.layers).toHaveLength(2);
    expect(app.layers[0]).toBe(base.layers[0]);
    const done = fake.calls.findLast(({ body }) => (body as { status?: string } | undefined)?.status === "BUILD_DONE");
    expect(done?.body).toMatchObject({
      source_external_identifier: base.digest,
      parent_version_id: parentVersion?.id,
      parent_channel_id: "channel-latest",
    });
  });

  it("gives the same digest for the same inputs, and another for another release", async () => {
    await buildExample("golden-base", "1");
    await buildExample("golden-base", "2");
    const example = join(examples, "golden-base");
    const again = await build(["--builder", builder, "--fingerprint", "again", "--output-dir", "again", example]);
    expect(again.status).toBe(0);
    const [first, second, third] = await Promise.all(
      ["golden-base-1", "golden-base-2", "again"].map((name) => checkOciLayout(join(directory, name))),
    );
    expect(third?.digest).toBe(first?.digest);
    expect(second?.digest).not.toBe(first?.digest);
  });
});

describe("ingot build", () => {
  it("refuses to build on a revoked parent before it registers anything", async () => {
    fake.overrides.set("GET /buckets/golden-base/channels/latest", {
      status: 200,
      body: {
        channel: {
          id: "c",
          name: "latest",
          version: { id: "v", name: "v1", status: "VERSION_REVOKED", fingerprint: "f", revocation_message: "CVE-1" },
        },
      },
    });
    const result = await build(["--builder", "script", join(examples, "golden-app")]);
    expect(result.status).toBe(1);
    expect(result.err).toContain("The channel latest of golden-base holds v1, which is revoked: CVE-1.");
    expect(fake.calls).toHaveLength(1);
  });

  it("sends BUILD_FAILED when the script fails, and says how to resume", async () => {
    const template = await writeTemplate("bucket: broken\nplatform: x\nscript: {command: [./build]}\n", {
      build: "#!/bin/sh\necho no disk left\nexit 3\n",
    });
    const result = await build(["--builder", "script", "--fingerprint", "f1", template]);
    expect(result.status).toBe(1);
    expect(result.err).toContain("  no disk left");
    expect(result.err).toContain("`./build` ended with exit status 3. Resume with --fingerprint f1.");
    expect(lastStatus()).toBe("BUILD_FAILED");
  });

  it("sends BUILD_FAILED when the script leaves no manifest, or one that names a file that is not there", async () => {
    const template = await writeTemplate("bucket: broken\nplatform: x\nscript: {command: [./build]}\n", {
      build: "#!/bin/sh\ntrue\n",
    });
    expect((await build(["--builder", "script", template])).err).toContain("wrote no ingot-manifest.json");
    expect(lastStatus()).toBe("BUILD_FAILED");
    const manifest =
      '{"builds":[{"name":"script.broken","artifacts":[{"external_identifier":"a","region":"r","files":["disk"]}]}]}';
    await writeFile(join(template, "build"), `#!/bin/sh\necho '${manifest}' > $INGOT_OUTPUT_DIR/ingot-manifest.json\n`);
    expect((await build(["--builder", "script", template])).err).toContain('names "disk", which is not there');
    expect(lastStatus()).toBe("BUILD_FAILED");
  });

  it("sends BUILD_CANCELLED on a signal, and ends everything that the script started", async () => {
    const template = await writeTemplate("bucket: slow\nplatform: x\nscript: {command: [./build]}\n", {
      // The grandchild ignores the interrupt and holds the output open.
      build: "#!/bin/sh\n(trap '' INT; echo $$; exec sleep 600) &\necho started\nwait\n",
    });
    let interrupt: (signal: NodeJS.Signals) => void = () => undefined;
    const running = build(["--builder", "script", template], (listener) => {
      interrupt = listener;
    });
    await expect.poll(lastStatus, { timeout: 10_000 }).toBe("BUILD_RUNNING");
    interrupt("SIGINT");
    const result = await running;
    expect(result.status).toBe(1);
    expect(result.err).toContain("script.slow was cancelled.");
    expect(lastStatus()).toBe("BUILD_CANCELLED");
  });

  it("finishes the components that were built when another one failed", async () => {
    const template = await writeTemplate(
      "bucket: half\nplatform: x\nscript: {command: [./build], components: [a, b]}\n",
      {
        build: `#!/bin/sh
echo '{"builds":[{"name":"a","artifacts":[{"external_identifier":"i","region":"r"}]}]}' > $INGOT_OUTPUT_DIR/ingot-manifest.json
`,
      },
    );
    const result = await build(["--builder", "script", "--fingerprint", "f1", template]);
    expect(result.err).toContain("The builder made nothing for b.");
    expect(fake.versions.get("f1")?.builds.map((b) => b["status"])).toEqual(["BUILD_DONE", "BUILD_FAILED"]);
  });

  it("refuses a bucket with enforced provisioners, which it cannot run, unless told to", async () => {
    fake.overrides.set("GET /enforced_blocks/bucket/golden-base", {
      status: 200,
      body: { enforced_block_detail: [{ name: "hardening", version: { block_content: 'provisioner "shell" {}' } }] },
    });
    const args = ["--builder", "script", "--output-dir", "out", join(examples, "golden-base")];
    const refused = await build(args);
    expect(refused.status).toBe(1);
    expect(refused.err).toContain("The registry enforces provisioners on golden-base (hardening)");
    expect((await build(["--skip-enforcement", ...args])).status).toBe(0);
  });

  it("refuses an output directory that is not empty before it registers anything", async () => {
    await cp(join(examples, "golden-base"), join(directory, "out"), { recursive: true });
    const result = await build(["--builder", "script", "--output-dir", "out", join(examples, "golden-base")]);
    expect(result.err).toContain("is not empty");
    expect(fake.calls).toEqual([]);
  });

  it.each([
    [["--builder", "bake", "x"], '--builder was given "bake". Allowed: auto, packer, script.'],
    [[], "ingot build takes one DIR"],
    [["a", "b"], "ingot build takes one DIR"],
    [["--var", "release", "x"], '--var was given "release". Allowed: NAME=VALUE.'],
  ])("refuses %j with exit status 2", async (args, message) => {
    const template = await writeTemplate("bucket: base\nscript: {command: [x]}\n");
    const result = await build(args.map((arg) => (arg === "x" ? template : arg)));
    expect(result).toMatchObject({ status: 2 });
    expect(result.err).toContain(message);
  });
});
