import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RunnerOptions } from "../start-runner.ts";
import { fakeToken } from "../testing/fake-server.ts";
import { startTestBench, type TestBench } from "../testing/test-runner.ts";

let bench: TestBench;
afterEach(() => bench.close());

async function start(options: Partial<RunnerOptions> = {}): Promise<void> {
  bench = await startTestBench(options);
}

function at(name: string): string {
  return join(bench.directory, name);
}

async function readPid(file: string): Promise<number> {
  return Number(await readFile(file, "utf8"));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A killed process is there until its parent, here init, has taken notice. */
async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) {
    const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    if (/\) [ZX] /.test(state)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("the log of a job", () => {
  it("keeps the order of both outputs and masks values that are cut by chunks", async () => {
    await start();
    const plan = [
      { print: "out: pass" },
      { warn: "word-1\n" },
      { print: "err: cert-" },
      { warn: "é" },
      { print: "-end\n" },
    ];
    const served = await bench.offer({ plan }, { masked: ["password-1", "cert-é-end"] });
    await bench.reported(served);
    expect(served.log.toString()).toMatch(/out: \(sensitive value\)\nerr: \(sensitive value\)\n$/);
  });

  it("arrives whole and in order when the engine prints faster than the server takes it, with faults in between", async () => {
    await start();
    let requests = 0;
    bench.server.fault = (method, path) =>
      method === "PUT" && path.endsWith("/log") && ++requests % 3 === 0 ? { status: 503 } : undefined;
    const served = await bench.offer({ plan: [{ lines: 100_000 }, { print: "the end\n" }] });
    await bench.reported(served);
    const lines = served.log.toString().split("\n");
    const numbered = lines.filter((line) => line.startsWith("line "));
    expect(numbered).toHaveLength(100_000);
    expect(numbered.every((line, index) => Number(line.slice(5, 12)) === index)).toBe(true);
    expect(lines.at(-2)).toBe("the end");
    expect(requests).toBeGreaterThan(3);
  });

  it("shows what init printed, and the reason of a failure once", async () => {
    await start();
    const init = [{ print: "init: looking\n" }, { warn: "\nError: No such provider: s3cret\n\n" }, { exit: 1 }];
    const served = await bench.offer({ init }, { masked: ["s3cret"] });
    const report = await bench.reported(served);
    expect(report).toMatchObject({
      outcome: "errored",
      message: "tofu init failed: No such provider: (sensitive value)",
    });
    expect(served.log.toString()).toMatch(/init: looking\n\nError: No such provider: \(sensitive value\)\n\n$/);
  });

  it("begins with three lines of its own, even when there is nothing but a failure to tell", async () => {
    await start();
    const served = await bench.offer({}, { engine: { name: "tofu", version: "3.2.1" } });
    expect(await bench.reported(served)).toMatchObject({ outcome: "errored" });
    const [one, two, three, ...rest] = served.log.toString().split("\n");
    expect([one, two, three]).toEqual([
      "Ingot",
      expect.stringMatching(/^on \w+$/),
      expect.stringMatching(/^Initializing/),
    ]);
    expect(rest.join("\n")).toMatch(/^\nError: This runner has no tofu 3\.2\.1\. It has .*tofu 99\.0\.0/);
  });
});

describe("a job that is stopped", () => {
  it("gets one interrupt, however often the server asks, and is reported as canceled", async () => {
    await start();
    const note = at("pid");
    const served = await bench.offer(
      { plan: [{ ignoreInterrupt: true }, { note }, { print: "started\n" }, { wait: at("go") }, { exit: 1 }] },
      { heartbeat_seconds: 0 },
    );
    await bench.server.until(() => served.log.includes("started"));
    served.stop = "interrupt";
    await bench.server.until(() => served.log.includes("engine: interrupt 1"));
    const beats = served.heartbeats;
    await bench.server.until(() => served.heartbeats > beats + 5);
    await writeFile(at("go"), "");
    expect(await bench.reported(served)).toMatchObject({ outcome: "canceled", message: "The plan was canceled." });
    expect(served.log.toString()).not.toContain("interrupt 2");
    expect(served.log.toString()).toMatch(/Error: The plan was canceled\.\n$/);
  });

  it("is killed with its whole group when it does not obey", async () => {
    await start({ timing: { interruptGraceMs: 50, statePollMs: 20 } });
    const plan = [
      { ignoreInterrupt: true },
      { note: at("pid") },
      { child: at("child") },
      { print: "started\n" },
      { hang: true },
    ];
    const served = await bench.offer({ plan }, { heartbeat_seconds: 0 });
    await bench.server.until(() => served.log.includes("started"));
    served.stop = "interrupt";
    const report = await bench.reported(served);
    expect(report).toMatchObject({ outcome: "canceled" });
    expect(report.message).toContain("The engine had to be killed.");
    await gone(await readPid(at("pid")));
    await gone(await readPid(at("child")));
  });

  it("is killed at once when the server says so", async () => {
    await start();
    const served = await bench.offer(
      { plan: [{ note: at("pid") }, { print: "started\n" }, { hang: true }] },
      { heartbeat_seconds: 0 },
    );
    await bench.server.until(() => served.log.includes("started"));
    served.stop = "kill";
    expect(await bench.reported(served)).toMatchObject({ outcome: "canceled" });
    expect(served.log.toString()).not.toContain("interrupt");
    await gone(await readPid(at("pid")));
  });

  it("is interrupted at its time limit, and the message says so", async () => {
    await start();
    const served = await bench.offer({ plan: [{ print: "started\n" }, { hang: true }] }, { timeout_seconds: 1 });
    const report = await bench.reported(served);
    expect(report.outcome).toBe("errored");
    expect(report.message).toBe("The plan took longer than its limit of 1 s and was stopped.");
    expect(served.log.toString()).toContain("engine: interrupt 1");
  });

  it("starts nothing more: a plan canceled during init is never planned", async () => {
    await start();
    const init = [{ ignoreInterrupt: true }, { print: "- initializing\n" }, { wait: at("go") }];
    const served = await bench.offer({ init }, { heartbeat_seconds: 0 });
    await bench.server.until(() => served.log.includes("initializing\n"));
    served.stop = "interrupt";
    await bench.server.until(() => served.log.includes("interrupt 1"));
    await writeFile(at("go"), "");
    expect(await bench.reported(served)).toMatchObject({ outcome: "canceled" });
    expect(served.log.toString()).not.toContain("engine: plan");
  });

  it("is interrupted and reported when the runner stops, which claims no more", async () => {
    await start();
    const served = await bench.offer({ plan: [{ print: "started\n" }, { hang: true }] });
    await bench.server.until(() => served.log.includes("started"));
    const claims = bench.server.claims.length;
    bench.runner.stop();
    const report = await bench.reported(served);
    expect(report).toMatchObject({
      outcome: "errored",
      message: "The runner was stopped during the plan. Start the run again.",
    });
    await bench.runner.done;
    expect(bench.server.claims).toHaveLength(claims);
  });
});

describe("a runner that is ended at once", () => {
  it("kills its engines and reports nothing", async () => {
    await start();
    const served = await bench.offer({ plan: [{ note: at("pid") }, { print: "started\n" }, { hang: true }] });
    await bench.server.until(() => served.log.includes("started"));
    bench.runner.kill();
    await gone(await readPid(at("pid")));
    await bench.runner.done;
    expect(served.report).toBeUndefined();
  });
});

describe("a lost lease", () => {
  it("kills the engine, and nothing is reported", async () => {
    await start();
    const served = await bench.offer(
      { plan: [{ note: at("pid") }, { print: "started\n" }, { hang: true }] },
      { heartbeat_seconds: 0 },
    );
    await bench.server.until(() => served.log.includes("started"));
    served.stop = "lost";
    await gone(await readPid(at("pid")));
    const log = served.log;
    bench.runner.stop();
    await bench.runner.done;
    expect(served.report).toBeUndefined();
    expect(served.log).toBe(log);
    expect(await readdir(at("work"))).toEqual([]);
  });

  it.each([
    ["after some heartbeats", 0],
    ["from the start", 600],
  ])("is assumed when the server was not heard for its whole length, %s", async (_name, heartbeat_seconds) => {
    await start();
    const served = await bench.offer(
      { plan: [{ note: at("pid") }, { print: "started\n" }, { hang: true }] },
      { heartbeat_seconds, lease_seconds: 1 },
    );
    await bench.server.until(() => served.log.includes("started"));
    bench.server.fault = () => "hang";
    await gone(await readPid(at("pid")));
    bench.runner.stop();
    await bench.runner.done;
    expect(served.report).toBeUndefined();
  });

  it("is not assumed after some heartbeats that failed", async () => {
    await start();
    const served = await bench.offer(
      { plan: [{ print: "started\n" }, { wait: at("go") }] },
      { heartbeat_seconds: 0, lease_seconds: 20 },
    );
    await bench.server.until(() => served.log.includes("started"));
    let failures = 0;
    bench.server.fault = (_method, path) =>
      path.endsWith("/lease") && failures < 2 ? (failures++, { status: 502 }) : undefined;
    await bench.server.until(() => failures === 2);
    const beats = served.heartbeats;
    await bench.server.until(() => served.heartbeats > beats);
    await writeFile(at("go"), "");
    expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
  });

  it("is learnt from a refused log chunk as well", async () => {
    await start();
    const plan = [{ note: at("pid") }, { print: "started\n" }, { wait: at("go") }, { print: "more\n" }, { hang: true }];
    const served = await bench.offer({ plan }, { heartbeat_seconds: 5 });
    await bench.server.until(() => served.log.includes("started"));
    bench.server.fault = (_method, path) => (path.endsWith("/log") ? { status: 409, error: "lease_lost" } : undefined);
    await writeFile(at("go"), "");
    await gone(await readPid(at("pid")));
    bench.runner.stop();
    await bench.runner.done;
    expect(served.report).toBeUndefined();
  });
});

describe("a job whose run was stopped or deleted", () => {
  it("ends without a word when its files are refused, which is no mistake of the runner", async () => {
    const lines: string[] = [];
    await start({ logger: pino({ level: "info" }, { write: (line: string) => void lines.push(line) }) });
    bench.server.fault = (method, path) =>
      method === "PUT" && path.endsWith("/plan") ? { status: 409, error: "lease_lost" } : undefined;
    const served = await bench.offer({ plan: [{ print: "planned\n" }] }, { heartbeat_seconds: 600 });
    await vi.waitFor(() => expect(lines.join("")).toContain("the lease was lost"), { timeout: 20_000 });
    expect(served.report).toBeUndefined();
    expect(lines.map((line) => JSON.parse(line) as { level: number }).filter(({ level }) => level > 40)).toEqual([]);
  });
});

describe("an engine that misbehaves", () => {
  it("is reported when it crashes", async () => {
    await start();
    const served = await bench.offer({ plan: [{ print: "about to\n" }, { crash: "SIGSEGV" }] });
    expect(await bench.reported(served)).toMatchObject({
      outcome: "errored",
      message: "tofu plan was ended by a signal.",
    });
    expect(served.log.toString()).toMatch(/about to\n\nError: tofu plan was ended by a signal\.\n$/);
  });

  it("leaves no process in its group behind", async () => {
    await start();
    const served = await bench.offer({ plan: [{ child: at("child") }] });
    expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
    await gone(await readPid(at("child")));
  });

  it("is not waited for by way of a process that left the group and holds its pipe", async () => {
    await start();
    const served = await bench.offer({ plan: [{ child: at("child"), away: true }, { print: "done\n" }] });
    expect(await bench.reported(served)).toMatchObject({ outcome: "finished" });
    const pid = await readPid(at("child"));
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, "SIGKILL");
  });

  it("prints no plan that can be read: the failure is reported", async () => {
    await start();
    const served = await bench.offer({ show: [{ print: "nonsense" }] });
    expect(await bench.reported(served)).toMatchObject({ outcome: "errored" });
  });
});

describe("what an engine gets to see", () => {
  it("is the job's environment and what the runner adds, and never the runner's own", async () => {
    process.env["INGOT_TEST_PRIVATE"] = "private";
    await start({ passedEnvironment: { HTTPS_PROXY: "http://proxy:3128", A: "operator" } });
    const served = await bench.offer(
      { plan: [{ env: true }] },
      {
        environment: {
          A: "job",
          TF_VAR_x: "1",
          PATH: "/evil",
          HOME: "/evil",
          TF_DATA_DIR: "/evil",
          TF_WORKSPACE: "other",
        },
      },
    );
    await bench.reported(served);
    delete process.env["INGOT_TEST_PRIVATE"];
    const line =
      served.log
        .toString()
        .split("\n")
        .find((text) => text.startsWith("{")) ?? "";
    // PWD, and others by the shell, are not secrets but are not ours to give.
    const {
      PWD: _pwd,
      OLDPWD: _old,
      SHLVL: _level,
      _: _last,
      ...environment
    } = JSON.parse(line) as Record<string, string>;
    const root = join(bench.directory, "work", "job-1-7");
    expect(environment).toEqual({
      A: "job",
      TF_VAR_x: "1",
      HTTPS_PROXY: "http://proxy:3128",
      PATH: `/usr/local/bin:/usr/bin:/bin:${at("engines/tofu/99.0.0")}`,
      HOME: join(root, "home"),
      TMPDIR: join(root, "tmp"),
      SSL_CERT_FILE: join(root, "ca.pem"),
      TF_CLI_CONFIG_FILE: join(root, "cli.tfrc"),
      TF_IN_AUTOMATION: "1",
      TF_INPUT: "0",
      TF_WORKSPACE: "production",
      CHECKPOINT_DISABLE: "1",
    });
    expect(served.log.toString()).not.toContain(fakeToken);
  });

  it("is a directory of its own, which is gone afterwards", async () => {
    await start();
    const served = await bench.offer({ plan: [{ print: "started\n" }, { wait: at("go") }] });
    await bench.server.until(() => served.log.includes("started"));
    expect(await readdir(at("work"))).toEqual(["job-1-7"]);
    await writeFile(at("go"), "");
    await bench.reported(served);
    expect(await readdir(at("work"))).toEqual([]);
  });

  it("does not hold the token anywhere in that directory", async () => {
    await start();
    const served = await bench.offer({ plan: [{ print: "started\n" }, { wait: at("go") }] });
    await bench.server.until(() => served.log.includes("started"));
    const root = at("work/job-1-7");
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) expect(await readFile(join(entry.parentPath, entry.name), "latin1")).not.toContain(fakeToken);
    }
    await writeFile(at("go"), "");
    await bench.reported(served);
  });
});

describe("a configuration that cannot be used", () => {
  it.each([
    ["../x", "leads out of the configuration"],
    ["missing", 'has no directory "missing"'],
    ["scenario.json", 'has no directory "scenario.json"'],
    ["a/../..", "leads out of the configuration"],
  ])("the working directory %j is refused", async (working_directory, reason) => {
    await start();
    const served = await bench.offer({}, { working_directory });
    const report = await bench.reported(served);
    expect(report.outcome).toBe("errored");
    expect(report.message).toContain(reason);
    expect(served.log.toString()).toContain(reason);
  });

  it("an archive larger than allowed is refused before it is unpacked", async () => {
    await start();
    const served = await bench.offer({}, { archive_bytes_max: 100 }, { "big.txt": "x".repeat(1000) });
    expect((await bench.reported(served)).message).toContain("more than the 100 bytes that are allowed");
  });

  it("a variable that cannot be one is named", async () => {
    await start();
    const served = await bench.offer({}, { variables: [{ key: "a b", value: "x", hcl: false }] });
    expect((await bench.reported(served)).message).toContain('"a b" cannot be the name of an input variable');
  });
});

describe("several jobs", () => {
  it("are done at once up to the runner's concurrency", async () => {
    await start({ concurrency: 2 });
    const jobs = await Promise.all(
      [1, 2, 3].map((n) => bench.offer({ plan: [{ print: "started\n" }, { wait: at(`go-${n}`) }] })),
    );
    const running = () => jobs.filter((job) => job.log.includes("started"));
    await bench.server.until(() => running().length === 2);
    expect(jobs[2]?.heartbeats).toBe(0);
    await writeFile(at("go-1"), "");
    await bench.server.until(() => running().length === 3);
    await Promise.all([writeFile(at("go-2"), ""), writeFile(at("go-3"), "")]);
    for (const job of jobs) expect(await bench.reported(job)).toMatchObject({ outcome: "finished" });
  });
});
