import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { installProvider, mirrorCliConfiguration } from "./install-provider.ts";

let mirrorDir: string;

beforeEach(async () => {
  mirrorDir = await mkdtemp(join(tmpdir(), "devcloud mirror's-"));
});

afterEach(() => rm(mirrorDir, { recursive: true }));

async function installedFiles(): Promise<string[]> {
  const entries = await readdir(mirrorDir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

it("installs one launcher that starts the compiled provider with an absolute Node", async () => {
  expect(await installProvider({ mirrorDir })).toEqual({ source: "ingot.local/ingot/devcloud", version: "0.1.0" });
  const [launcher, ...others] = await installedFiles();
  expect(others).toEqual([]);
  expect(launcher).toMatch(
    /ingot\.local\/ingot\/devcloud\/0\.1\.0\/[a-z]+_[a-z0-9]+\/terraform-provider-devcloud_v0\.1\.0$/,
  );
  const script = await readFile(launcher!, "utf8");
  expect(script).toContain(
    `exec '${process.execPath}' '${fileURLToPath(new URL("../dist/main.js", import.meta.url))}'`,
  );
});

it("installs over itself, and takes another Node, whatever its path", async () => {
  await installProvider({ mirrorDir });
  await installProvider({ mirrorDir, nodePath: "/opt/it's node/bin/node" });
  const [launcher, ...others] = await installedFiles();
  expect(others).toEqual([]);
  expect(() => execFileSync(launcher!, { env: {}, stdio: "pipe" })).toThrow("/opt/it's node/bin/node");
});

it("renders a CLI configuration that finds only our providers in the mirror", () => {
  expect(mirrorCliConfiguration('/tmp/a "b"')).toBe(`provider_installation {
  filesystem_mirror {
    path    = "/tmp/a \\"b\\""
    include = ["ingot.local/*/*"]
  }
  direct {
    exclude = ["ingot.local/*/*"]
  }
}
`);
});
