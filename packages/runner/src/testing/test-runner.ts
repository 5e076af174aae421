import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { startRunner, type Runner, type RunnerOptions } from "../start-runner.ts";
import { fakeToken, startFakeServer, type FakeServer, type JobWish, type ServedJob } from "./fake-server.ts";
import { makeArchive } from "./make-archive.ts";

export interface TestBench {
  readonly server: FakeServer;
  readonly runner: Runner;
  /** For whatever the test needs; the work directory of the runner is `work` in it. */
  readonly directory: string;
  /** Offers a job whose configuration is a scenario for the fake engine, and other files. */
  offer(scenario: object, wish?: Partial<JobWish>, files?: Record<string, string>): Promise<ServedJob>;
  /** Makes an empty file in the directory, as engines can wait for it. */
  touch(name: string): Promise<void>;
  /** Waits until the job is reported. */
  reported(served: ServedJob): Promise<NonNullable<ServedJob["report"]>>;
  close(): Promise<void>;
}

/** A fake server and a runner of this process that works for it, with the fake engine as tofu 99.0.0. */
export async function startTestBench(options: Partial<RunnerOptions> = {}): Promise<TestBench> {
  const directory = await mkdtemp(join(tmpdir(), "ingot-runner-"));
  // As temporary directories are not: engines may be users of their own.
  await chmod(directory, 0o711);
  const server = await startFakeServer();
  const runner = await startRunner({
    url: server.url,
    token: fakeToken,
    workDir: join(directory, "work"),
    concurrency: 2,
    enginesDir: await installFakeEngine(directory),
    path: "",
    name: "bench",
    isolation: "none",
    cgroup: "off",
    logger: pino({ level: process.env["INGOT_TEST_LOG"] ?? "silent" }, pino.destination({ dest: 2, sync: true })),
    ...options,
    timing: { interruptGraceMs: 60_000, statePollMs: 20, ...options.timing },
  });
  return {
    server,
    runner,
    directory,
    async offer(scenario, wish, files) {
      const configuration = await makeArchive({ "scenario.json": JSON.stringify(scenario), ...files });
      return server.offer({ configuration, ...wish });
    },
    touch: (name) => writeFile(join(directory, name), ""),
    async reported(served) {
      await server.until(() => served.report !== undefined);
      if (served.report === undefined) throw new Error("unreachable");
      return served.report;
    },
    async close() {
      runner.stop();
      await runner.done;
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Makes an engines directory with the fake engine below a directory. Children have a minimal PATH: node is named in full. */
export async function installFakeEngine(directory: string): Promise<string> {
  const script = fileURLToPath(new URL("fake-engine.mjs", import.meta.url));
  const home = join(directory, "engines", "tofu", "99.0.0");
  await mkdir(home, { recursive: true });
  await writeFile(join(home, "tofu"), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  await chmod(join(home, "tofu"), 0o755);
  return join(directory, "engines");
}
