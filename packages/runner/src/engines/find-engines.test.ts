import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { findEngines } from "./find-engines.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "ingot-engines-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function install(path: string, answer: string): Promise<string> {
  await mkdir(join(directory, path, ".."), { recursive: true });
  await writeFile(join(directory, path), `#!/bin/sh\n${answer}\n`);
  await chmod(join(directory, path), 0o755);
  return join(directory, path);
}

const say = (version: string) => `echo '{"terraform_version":"${version}"}'`;

it("finds engines in the engines directory and on PATH, newest first, by what they say and not by where they lie", async () => {
  const old = await install("engines/terraform/1.5.7/terraform", say("1.5.7"));
  const onPath = await install("bin/terraform", say("1.20.1"));
  await install("engines/tofu/9.9.9/tofu", "exit 1");
  await install("engines/tofu/8.8.8/tofu", "echo nonsense");
  await install("more/terraform", say("1.5.7"));
  const broken: string[] = [];
  const engines = await findEngines({
    path: `${join(directory, "bin")}:relative:${join(directory, "more")}`,
    enginesDir: join(directory, "engines"),
    onBroken: (path) => broken.push(path),
  });
  expect(engines.filter((engine) => engine.path.startsWith(directory))).toEqual([
    { name: "terraform", version: "1.20.1", path: onPath },
    { name: "terraform", version: "1.5.7", path: old },
  ]);
  expect(broken).toHaveLength(2);
});

it.skipIf(process.platform !== "linux" || process.arch !== "x64")(
  "has the embedded OpenTofu on Linux x64",
  async () => {
    const engines = await findEngines({ path: "" });
    expect(engines).toMatchObject([{ name: "tofu", version: "1.6.2" }]);
  },
);
