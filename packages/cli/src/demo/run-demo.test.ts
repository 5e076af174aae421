import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { findEngines } from "@ingot/runner";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { findExecutable } from "../builders/find-executable.ts";
import { claim } from "./story.ts";

const program = resolve(import.meta.dirname, "../../bin/ingot-demo.js");
const engines = await findEngines({ path: process.env["PATH"] ?? "" });
const testWithEngine = engines.length > 0 ? test : test.skip;

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "ingot-demo-test-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function demo(
  args: readonly string[],
  options: { readonly searchPath?: string | undefined; readonly onOutput?: (output: string, pid: number) => void } = {},
): Promise<{ code: number; output: string }> {
  const { searchPath = process.env["PATH"], onOutput } = options;
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: searchPath, TMPDIR: directory },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    onOutput?.(output, child.pid as number);
  });
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  return { code, output };
}

const hasPacker = (await findExecutable("packer", process.env["PATH"])) !== undefined;
const stages = [
  "1. Build",
  "2. Promote",
  "3. Provision",
  "4. Know",
  "5. Revoke",
  "6. Replace",
  "7. Drift",
  "8. Validate",
  "9. Status",
];
/** The end of what it prints before it waits for Ctrl-C. */
const lastWords = "npx ingot where";

describe("the demo", () => {
  testWithEngine(
    `tells all nine stages, says where each can be seen, and leaves nothing behind${engines.length > 0 ? "" : " (skipped: no tofu or terraform)"}`,
    { timeout: 480_000 },
    async () => {
      let asked = false;
      // Without Packer on PATH it finds out by itself.
      const { code, output } = await demo(hasPacker ? ["--builder", "script"] : [], {
        onOutput: (text, pid) => {
          if (asked || !text.includes(lastWords)) return;
          asked = true;
          process.kill(pid, "SIGINT");
        },
      });
      expect(output).toContain("\ndemo: ok\n");
      expect(code).toBe(0);
      expect(output).toContain("Images are built with script;");
      for (const stage of stages) expect(output).toContain(`\n${stage}`);
      const pages = [...output.matchAll(/https:\/\/127\.0\.0\.1:\d+\/app(\S+)/g)].map(([, path]) => path);
      for (const page of [
        /^\/runs\/run-/,
        /^\/images\/golden-app$/,
        /^\/workspaces\/ws-\w+\?tab=health$/,
        /^\/alerts\//,
      ]) {
        expect(pages).toContainEqual(expect.stringMatching(page));
      }
      expect((await readdir(directory)).filter((name) => name.startsWith("ingot-demo-"))).toEqual([]);
    },
  );

  it("refuses a directory that is not empty, and a builder that is not there", async () => {
    await writeFile(join(directory, "precious"), "");
    const refused = await demo(["--exit", "--data-dir", directory]);
    expect(refused).toMatchObject({ code: 1, output: expect.stringContaining("is not empty") });
    expect(await readdir(directory)).toEqual(["precious"]);
    const missing = await demo(["--exit", "--builder", "packer"], { searchPath: "/nowhere" });
    expect(missing).toMatchObject({ code: 1, output: expect.stringContaining("packer is not on PATH") });
    expect(await demo(["--exit", "--builder", "bake"])).toMatchObject({ code: 2 });
  });
});

it("a claim that does not hold ends the story with what was found", () => {
  expect(() => claim("two machines run", true, [])).not.toThrow();
  expect(() => claim("two machines run", false, ["web-1"])).toThrow(
    'two machines run: this does not hold. Found: [\n  "web-1"\n]',
  );
});
