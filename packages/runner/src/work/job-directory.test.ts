import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createJobDirectory, removeDeadJobs } from "./job-directory.ts";
import { describeProcess } from "./process-identity.ts";

const logger = pino({ level: "silent" });
let workDir: string;
beforeEach(async () => {
  workDir = await mkdtemp(join(tmpdir(), "ingot-work-"));
});
afterEach(() => rm(workDir, { recursive: true, force: true }));

const job = (id: string) => ({ id, fence: 3, run_id: `run-of-${id}` });

async function leaveBehind(id: string, ...enginePids: readonly (number | undefined)[]): Promise<string> {
  const directory = await createJobDirectory(workDir, job(id));
  for (const pid of enginePids) if (pid !== undefined) directory.noteEngine(pid);
  await writeFile(join(directory.root, "runner.pid"), "999999999 1");
  return directory.root;
}

it("a job's directory is for its owner alone", async () => {
  const { root } = await createJobDirectory(workDir, job("a"));
  expect((await stat(root)).mode & 0o777).toBe(0o700);
});

it("an id cannot name a directory elsewhere", async () => {
  const { root } = await createJobDirectory(workDir, job("../../x"));
  expect(root).toBe(join(workDir, "__.._x-3"));
});

it("what dead runners left goes; what living ones hold and what is no job's stays", async () => {
  await leaveBehind("dead");
  const alive = await createJobDirectory(workDir, job("alive"));
  // The same process id, but another process: it started at another time.
  const reused = await createJobDirectory(workDir, job("reused"));
  await writeFile(join(reused.root, "runner.pid"), `${process.pid} 1`);
  await mkdir(join(workDir, "unsent"));
  await mkdir(join(workDir, "notes-1"));
  await writeFile(join(workDir, "notes-1", "mine.txt"), "");
  await removeDeadJobs(workDir, logger);
  expect((await readdir(workDir)).sort()).toEqual(["alive-3", "notes-1", "unsent"]);
  await alive.remove();
  expect(await readdir(workDir)).not.toContain("alive-3");
});

it("an engine that outlived its runner is ended, and the state it wrote is kept", async () => {
  const engine = spawn("/bin/sleep", ["600"], { detached: true, stdio: "ignore" });
  const ended = once(engine, "exit");
  const root = await leaveBehind("dead", engine.pid);
  await writeFile(join(root, "own", "state"), "old");
  await mkdir(join(root, "states", "production"));
  await writeFile(join(root, "states", "production", "terraform.tfstate"), "new");
  expect(await removeDeadJobs(workDir, logger)).toEqual([{ id: "dead", fence: 3, runId: "run-of-dead" }]);
  expect((await ended)[1]).toBe("SIGINT");
  expect(await readFile(join(workDir, "unsent", "run-of-dead.dead-3.tfstate"), "utf8")).toBe("new");
});

it("every command of the engine that outlived the runner is ended", async () => {
  const start = () => spawn("/bin/sleep", ["600"], { detached: true, stdio: "ignore" });
  const commands = [start(), start()];
  const ended = commands.map((command) => once(command, "exit"));
  await leaveBehind("dead", ...commands.map((command) => command.pid));
  await removeDeadJobs(workDir, logger);
  expect((await Promise.all(ended)).map(([, signal]) => signal)).toEqual(["SIGINT", "SIGINT"]);
});

it.skipIf(process.platform !== "linux")(
  "an engine that has ended, and that nobody asks about, is not waited for",
  async () => {
    // Its parent never takes notice of its end, as the first process of many containers does not.
    const parent = spawn("/bin/sh", ["-c", "sleep 0.3 & echo $!; exec sleep 600"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [pid] = (await once(parent.stdout, "data")) as [Buffer];
    const root = await leaveBehind("dead");
    const stat = () => readFile(`/proc/${Number(String(pid))}/stat`, "utf8");
    await vi.waitFor(async () => expect(await stat()).toContain(") Z "), { timeout: 20_000 });
    await writeFile(join(root, "engine.pid"), describeProcess(Number(String(pid))));
    const before = Date.now();
    await removeDeadJobs(workDir, logger);
    expect(Date.now() - before).toBeLessThan(5000);
    parent.kill("SIGKILL");
  },
);

it.skipIf(process.platform !== "linux")("a process that got the id of a dead engine is left alone", async () => {
  const stranger = spawn("/bin/sleep", ["600"], { detached: true, stdio: "ignore" });
  const root = await leaveBehind("dead");
  await writeFile(join(root, "engine.pid"), `${stranger.pid} 1`);
  await removeDeadJobs(workDir, logger);
  expect(await readdir(workDir)).toEqual([]);
  expect(stranger.kill("SIGKILL")).toBe(true);
  expect((await once(stranger, "exit"))[1]).toBe("SIGKILL");
});

it("a state that is only what was downloaded is not kept", async () => {
  const root = await leaveBehind("dead");
  await writeFile(join(root, "own", "state"), "same");
  await mkdir(join(root, "states", "production"));
  await writeFile(join(root, "states", "production", "terraform.tfstate"), "same");
  await removeDeadJobs(workDir, logger);
  expect(await readdir(workDir)).toEqual([]);
});
