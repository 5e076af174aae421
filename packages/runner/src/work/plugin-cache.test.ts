import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { createWriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findEngines } from "../engines/find-engines.ts";
import { makeArchive } from "../testing/make-archive.ts";
import { startTestBench } from "../testing/test-runner.ts";
import { openPluginCache } from "./plugin-cache.ts";

const platform = `linux_${process.arch === "x64" ? "amd64" : process.arch}`;
const [tofu] = (await findEngines({ path: "" })).filter((engine) => engine.name === "tofu");

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "ingot-plugins-"));
});
afterEach(() => rm(root, { recursive: true }));

async function put(path: string, text: string, mode = 0o755): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text, { mode });
}

async function putZip(path: string, files: Record<string, string>): Promise<void> {
  const zip = new ZipFile();
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name, { mode: 0o100755 });
  zip.end();
  await mkdir(dirname(join(root, path)), { recursive: true });
  await pipeline(zip.outputStream, createWriteStream(join(root, path)));
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(join(root, directory), { recursive: true, withFileTypes: true });
  return entries
    .filter((one) => !one.isDirectory())
    .map((one) => join(one.parentPath, one.name).slice(root.length + 1));
}

describe("the shared cache of providers", () => {
  it("lends a run a copy of what its lock file names, and nothing else", async () => {
    await put(`shared/registry.test/acme/one/1.0.0/${platform}/provider`, "one");
    await put(`shared/registry.test/acme/one/2.0.0/${platform}/provider`, "two");
    await put(`shared/registry.test/acme/other/1.0.0/${platform}/provider`, "other");
    await put("lock.hcl", 'provider "registry.test/acme/one" {\n  version = "1.0.0"\n}\n');
    await openPluginCache(join(root, "shared")).lend(join(root, "lock.hcl"), join(root, "own"));
    expect(await filesOf("own")).toEqual([`own/registry.test/acme/one/1.0.0/${platform}/provider`]);

    await put(`own/registry.test/acme/one/1.0.0/${platform}/provider`, "changed by a run");
    expect(await readFile(join(root, `shared/registry.test/acme/one/1.0.0/${platform}/provider`), "utf8")).toBe("one");
  });

  it("keeps what a run has brought, never changes it, and follows no link", async () => {
    const cache = openPluginCache(join(root, "shared"));
    await put("secret", "secret");
    await put(`own/registry.test/acme/one/1.0.0/${platform}/provider`, "first", 0o700);
    await symlink(join(root, "secret"), join(root, `own/registry.test/acme/one/1.0.0/${platform}/link`));
    await symlink(root, join(root, "own/registry.test/acme/linked"));
    await cache.keep(join(root, "own"));
    const kept = `shared/registry.test/acme/one/1.0.0/${platform}/provider`;
    expect(await filesOf("shared")).toEqual([kept]);
    expect((await stat(join(root, kept))).mode & 0o777).toBe(0o755);

    await put(`own/registry.test/acme/one/1.0.0/${platform}/provider`, "second");
    await cache.keep(join(root, "own"));
    expect(await readFile(join(root, kept), "utf8")).toBe("first");
  });

  it.skipIf(tofu === undefined)("is filled by two runs at once, whole and once", async () => {
    // Packed: what a mirror has unpacked is linked, and not cached.
    await putZip(`mirror/registry.test/acme/one/terraform-provider-one_1.0.0_${platform}.zip`, {
      "terraform-provider-one_v1.0.0": "#!/bin/sh\n".repeat(1e5),
    });
    const bench = await startTestBench({
      enginesDir: undefined,
      providerMirror: join(root, "mirror"),
      pluginCacheDir: join(root, "shared"),
    });
    try {
      const configuration = await makeArchive({
        "main.tf": 'terraform {\n  required_providers {\n    one = { source = "registry.test/acme/one" }\n  }\n}\n',
      });
      const jobs = [bench.server.offer({ configuration }), bench.server.offer({ configuration })];
      for (const job of jobs) {
        // `init` is content with any file; it takes a real provider to plan.
        expect((await bench.reported(job)).message, job.log.toString()).toContain("tofu plan failed");
      }
      expect(await filesOf("shared")).toEqual([
        `shared/registry.test/acme/one/1.0.0/${platform}/terraform-provider-one_v1.0.0`,
      ]);
    } finally {
      await bench.close();
    }
  });
});
