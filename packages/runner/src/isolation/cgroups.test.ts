import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { startTestBench } from "../testing/test-runner.ts";
import { filesFor, findCgroups } from "./cgroups.ts";
import { findLimiter } from "./limits.ts";

const here = await findCgroups({ wish: "auto", limits: {} });
const why = "missing" in here ? here.missing : "";
const withLimits = await findCgroups({
  wish: "auto",
  limits: { memoryBytesMax: 1 << 28, processesMax: 64, cpusMax: 1 },
});
const enforced = "missing" in withLimits ? [] : withLimits.enforced;

it("limits are what the kernel takes, and only those that it enforces", () => {
  const limits = { memoryBytesMax: 1 << 30, processesMax: 100, cpusMax: 1.5 };
  expect(filesFor(limits, ["memory", "pids", "cpu"])).toEqual([
    ["memory.max", "1073741824"],
    ["memory.swap.max", "0"],
    ["pids.max", "100"],
    ["cpu.max", "150000 100000"],
  ]);
  expect(filesFor(limits, ["pids"])).toEqual([["pids.max", "100"]]);
  expect(filesFor({}, ["memory", "pids", "cpu"])).toEqual([]);
});

it("what a group sees to is not limited for each process a second time, and the rest is", async () => {
  const limits = { memoryBytesMax: 1 << 30, processesMax: 100, fileBytesMax: 1 << 20 };
  const path = process.env["PATH"] ?? "";
  const engine = { command: "engine", args: [], cwd: undefined };
  const flags = async (...by: Parameters<typeof findLimiter>[1] & object) =>
    (await findLimiter({ path, limits }, by))(engine).args.filter((arg) => /^--(as|nproc|fsize)/.test(arg));
  expect(await flags()).toEqual(["--as=1073741824", "--nproc=100", "--fsize=1048576"]);
  expect(await flags("memory", "pids")).toEqual(["--fsize=1048576"]);
});

it("a limit of processors that nothing could enforce is refused, not forgotten", async () => {
  await expect(findLimiter({ path: "/usr/bin", limits: { cpusMax: 2 } })).rejects.toThrow("Delegate=yes");
});

it("a directory that is no group is not taken for one", async () => {
  const directory = await mkdtemp(join(tmpdir(), "ingot-no-cgroup-"));
  expect(await findCgroups({ wish: directory, limits: {} })).toHaveProperty("missing");
  expect(await findCgroups({ wish: "off", limits: {} })).toHaveProperty("missing");
  await rm(directory, { recursive: true });
});

describe.skipIf(why !== "")(`the group of a job${why === "" ? "" : ` (skipped: ${why})`}`, () => {
  /** The directory that groups are made in, learnt from one. */
  async function base(): Promise<string> {
    if ("missing" in here) throw new Error(here.missing);
    const group = await here.create();
    const { args } = group.wrap({ command: "true", args: [], cwd: undefined });
    await group.end();
    return join(args.find((arg) => arg.startsWith("/")) as string, "..");
  }
  const groupsIn = async (directory: string, of = process.pid) =>
    (await readdir(directory)).filter((name) => name.startsWith(`ingot.${of}.`));

  it("holds whatever the job starts, ends it, and is gone afterwards", async () => {
    const bench = await startTestBench({ cgroup: "auto" });
    try {
      const note = join(bench.directory, "child");
      const served = await bench.offer({ plan: [{ child: note, away: true }, { print: "left\n" }] });
      expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
      const pid = await readFile(note, "utf8");
      // It had left its process group and its session; without a group of the kernel it would still be there.
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") X ");
      expect(stat).toMatch(/\) [ZX] /);
      await vi.waitFor(async () => expect(await groupsIn(await base())).toEqual([]));
    } finally {
      await bench.close();
    }
  });

  it("of a runner that died is ended and removed by the next", async () => {
    const directory = await base();
    const left = join(directory, "ingot.999999999.1.1");
    await mkdir(left);
    const stranger = spawn("/bin/sleep", ["600"], { stdio: "ignore" });
    const ended = new Promise((resolve) => stranger.once("exit", (_code, signal) => resolve(signal)));
    await writeFile(join(left, "cgroup.procs"), String(stranger.pid));
    await findCgroups({ wish: "auto", limits: {} });
    expect(await ended).toBe("SIGKILL");
    expect(await groupsIn(directory, 999_999_999)).toEqual([]);
  });

  it.skipIf(enforced.length < 3)(
    `limits memory, processes and processors${enforced.length < 3 ? " (skipped: the unified hierarchy has not all of these controllers here)" : ""}`,
    async () => {
      if ("missing" in withLimits) throw new Error(withLimits.missing);
      const group = await withLimits.create();
      const { args } = group.wrap({ command: "true", args: [], cwd: undefined });
      const directory = args.find((arg) => arg.startsWith("/")) as string;
      expect(Number(await readFile(join(directory, "memory.max"), "utf8"))).toBe(1 << 28);
      expect(Number(await readFile(join(directory, "pids.max"), "utf8"))).toBe(64);
      expect((await readFile(join(directory, "cpu.max"), "utf8")).trim()).toBe("100000 100000");
      await group.end();
    },
  );
});
