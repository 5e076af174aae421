import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readDependencies } from "./read-dependencies.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "ingot-dependencies-"));
});
afterEach(() => rm(root, { recursive: true }));

const provider = (version: string) => `.terraform/providers/registry.terraform.io/hashicorp/null/${version}`;

async function writeModules(modules: object[]): Promise<void> {
  await mkdir(join(root, ".terraform/modules"), { recursive: true });
  await writeFile(join(root, ".terraform/modules/modules.json"), JSON.stringify({ Modules: modules }));
}

describe("what init has selected", () => {
  it("is providers with their versions, and modules from elsewhere without passwords", async () => {
    await mkdir(join(root, provider("3.2.2"), "linux_amd64"), { recursive: true });
    const registry = "registry.terraform.io/terraform-aws-modules/vpc/aws";
    await writeModules([
      { Key: "", Source: "", Dir: "." },
      { Key: "own", Source: "./modules/own", Dir: "modules/own" },
      { Key: "vpc", Source: registry, Version: "5.1.0", Dir: "x" },
      { Key: "other", Source: registry, Version: "5.1.0", Dir: "y" },
      { Key: "git", Source: "git::https://me:swordfish@x.example/net.git?ref=v1", Dir: "z" },
    ]);
    expect(await readDependencies(root)).toEqual({
      providers: [{ source: "registry.terraform.io/hashicorp/null", version: "3.2.2" }],
      modules: [
        { source: registry, version: "5.1.0" },
        { source: "git::https://x.example/net.git?ref=v1", version: "" },
      ],
    });
  });

  it("is unknown without the engine's directory, and nothing where that is not as expected", async () => {
    expect(await readDependencies(root)).toBeUndefined();
    await writeModules([{ Key: 1 }]);
    expect(await readDependencies(root)).toEqual({ providers: [], modules: [] });
  });

  it("is never read through a link that the configuration has put there", async () => {
    const secret = join(root, "secret");
    await mkdir(join(secret, "a/b/c/d"), { recursive: true });
    await writeFile(join(secret, "modules.json"), JSON.stringify({ Modules: [{ Key: "s", Source: "swordfish" }] }));
    await mkdir(join(root, ".terraform"));
    await symlink(secret, join(root, ".terraform/providers"));
    await symlink(secret, join(root, ".terraform/modules"));
    expect(await readDependencies(root)).toEqual({ providers: [], modules: [] });
  });
});
