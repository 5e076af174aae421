import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runnerEntry } from "./index.ts";
import { fakeToken, startFakeServer, type FakeServer, type ServedJob } from "./testing/fake-server.ts";
import { makeArchive } from "./testing/make-archive.ts";
import { installFakeEngine } from "./testing/test-runner.ts";

let directory: string;
let server: FakeServer;
let runner: ChildProcess | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "ingot-main-"));
  server = await startFakeServer();
  await installFakeEngine(directory);
  await writeFile(join(directory, "token"), `${fakeToken}\n`, { mode: 0o600 });
});
afterEach(async () => {
  runner?.kill("SIGKILL");
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

/** Starts the built program. */
function start(args: readonly string[] = []): {
  process: ChildProcess;
  output: () => string;
  exit: Promise<number | null>;
} {
  const all = ["--url", server.url, "--token-file", join(directory, "token"), "--work-dir", join(directory, "work")];
  const child = spawn(
    process.execPath,
    [
      runnerEntry,
      ...all,
      "--engines-dir",
      join(directory, "engines"),
      "--pass-env",
      "LANG",
      "--isolation",
      "none",
      ...args,
    ],
    { env: { PATH: "/usr/bin:/bin" }, stdio: ["pipe", "pipe", "pipe"] },
  );
  runner = child;
  let output = "";
  child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on("data", (bytes: Buffer) => (output += bytes.toString()));
  return { process: child, output: () => output, exit: once(child, "close").then(([code]) => code as number | null) };
}

async function offer(plan: readonly object[]): Promise<ServedJob> {
  return server.offer({ configuration: await makeArchive({ "scenario.json": JSON.stringify({ plan }) }) });
}

describe("the runner as a process", () => {
  it("works, and stops in order at the first signal", async () => {
    const served = await offer([{ print: "started\n" }, { hang: true }]);
    const started = start();
    await server.until(() => served.log.includes("started"));
    started.process.kill("SIGTERM");
    expect(await started.exit).toBe(0);
    expect(served.report).toMatchObject({
      outcome: "errored",
      message: expect.stringContaining("runner was stopped") as string,
    });
    expect(started.output()).not.toContain(fakeToken);
    for (const line of started.output().trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("msg");
  });

  it("ends at once at the second signal, and takes its engines with it", async () => {
    const pidFile = join(directory, "pid");
    const served = await offer([{ ignoreInterrupt: true }, { note: pidFile }, { print: "started\n" }, { hang: true }]);
    const started = start();
    await server.until(() => served.log.includes("started"));
    started.process.kill("SIGTERM");
    await server.until(() => served.log.includes("interrupt 1"));
    started.process.kill("SIGINT");
    expect(await started.exit).toBe(1);
    expect(served.report).toBeUndefined();
    const stat = await readFile(`/proc/${await readFile(pidFile, "utf8")}/stat`, "utf8").catch(() => ") X");
    expect(stat).toMatch(/\) [ZX]/);
  });

  it("brings its jobs to their end when the process that started it is gone, with a token replaced meanwhile", async () => {
    const served = await offer([{ print: "started\n" }, { wait: join(directory, "go") }]);
    const started = start();
    await server.until(() => served.log.includes("started"));
    server.token = "another-token";
    await writeFile(join(directory, "token"), "another-token\n");
    const claims = server.claims.length;
    started.process.stdin?.end();
    const beats = served.heartbeats;
    await server.until(() => served.heartbeats > beats + 1);
    await writeFile(join(directory, "go"), "");
    expect(await started.exit).toBe(0);
    expect(served.report).toMatchObject({ outcome: "finished" });
    expect(server.claims).toHaveLength(claims);
  });

  it("cleans up after one that was killed, sends the state that it had not, and ends its job", async () => {
    const planned = await offer([]);
    const first = start();
    await server.until(() => planned.report !== undefined);
    const { planFile } = planned;
    const apply = [{ state: { serial: 3 } }, { print: "started\n" }, { hang: true }];
    const configuration = await makeArchive({ "scenario.json": JSON.stringify({ apply }) });
    const served = server.offer({ configuration, planFile, phase: "apply" });
    server.fault = (_method, path) => (path.endsWith("/state") ? { status: 503 } : undefined);
    await server.until(() => served.log.includes("started"));
    first.process.kill("SIGKILL");
    await first.exit;
    expect(await readdir(join(directory, "work"))).toEqual(["job-2-7"]);
    start();
    await server.until(() => served.report !== undefined);
    // In this order: the next run begins from what this one has written.
    expect(served.lateStates.map(String)).toEqual(['{"serial":3}']);
    expect(served.report).toMatchObject({ outcome: "errored", in_log: true });
    expect(await readdir(join(directory, "work"))).toEqual(["unsent"]);
    expect(await readdir(join(directory, "work", "unsent"))).toEqual([]);
  });

  it("ends when the server does not accept its token, and says so", async () => {
    await writeFile(join(directory, "token"), "wrong");
    const started = start();
    expect(await started.exit).toBe(1);
    expect(started.output()).toContain("401");
  });

  it("refuses a bad option in one sentence", async () => {
    const started = start(["--concurrency", "none"]);
    expect(await started.exit).toBe(2);
    expect(started.output()).toBe('--concurrency was given "none". Allowed: a whole number from 1 to 64.\n');
  });
});
