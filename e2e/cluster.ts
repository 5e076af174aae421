import { spawn, type ChildProcess } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "s3rver";
import { descendantsOf, ingotProgram, IngotProcess } from "./ingot-process.ts";

/** A runner as a process of its own. */
export interface RunnerProcess {
  readonly name: string;
  readonly workDir: string;
  /** The runner itself, and all that it has started: children first. */
  pids(): Promise<number[]>;
  start(): void;
  /** Ends it and all that it has started, without a word. */
  kill(): Promise<void>;
  /** Ends the runner alone: its engines go on. */
  killAlone(): Promise<void>;
  log(): string;
}

/**
 * Two replicas of `serve` on one PostgreSQL and one bucket (s3rver stands in for S3), behind an address that leads to
 * whichever is alive, and two runners that know this address only.
 */
export interface Cluster {
  readonly replicas: readonly [IngotProcess, IngotProcess];
  readonly runners: readonly [RunnerProcess, RunnerProcess];
  close(): Promise<void>;
}

export async function startCluster(options: { databaseUrl: string; providerMirror: string }): Promise<Cluster> {
  const directory = await mkdtemp(join(tmpdir(), "ingot-cluster-"));
  const bucket = await startBucket(directory);
  const ports: number[] = [];
  const balancer = await startBalancer(ports);
  const flags = [
    "--database-url",
    options.databaseUrl,
    "--blob-url",
    bucket.url,
    "--public-url",
    balancer.url,
    "--runner=false",
    "--log-level",
    "warn",
  ];
  const first = await IngotProcess.start(flags);
  const second = await IngotProcess.start(flags, async (dataDir) => {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    // One installation: one master key, one certificate, the same first credentials.
    for (const name of ["master.key", "tls", "bootstrap.json"]) {
      await cp(join(first.dataDir, name), join(dataDir, name), { recursive: true });
    }
  });
  ports.push(...[first, second].map((one) => Number(new URL(one.url).port)));
  const runners = await Promise.all(
    ["one", "two"].map(async (name) => {
      const answer = await first.request("POST", "/api/v1/runner-tokens", { name });
      const tokenFile = join(directory, `${name}.token`);
      await writeFile(tokenFile, String(answer.json.token), { mode: 0o600 });
      const workDir = join(directory, name);
      const args = ["runner", "--url", balancer.url, "--token-file", tokenFile, "--work-dir", workDir, "--name", name];
      const trust = ["--ca-file", join(first.dataDir, "tls", "ca.pem"), "--provider-mirror", options.providerMirror];
      // The devcloud is a directory of this machine, which isolated runs could not reach.
      return startRunnerProcess(name, workDir, [...args, ...trust, "--isolation", "none", "--log-level", "info"]);
    }),
  );
  return {
    replicas: [first, second],
    runners: runners as [RunnerProcess, RunnerProcess],
    async close() {
      for (const runner of runners) await runner.kill();
      for (const replica of [first, second]) await replica.close();
      balancer.server.close();
      await bucket.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Starts `ingot` with these arguments, again and again if need be. */
export function startRunnerProcess(name: string, workDir: string, args: readonly string[]): RunnerProcess {
  let child: ChildProcess;
  let log = "";
  const runner: RunnerProcess = {
    name,
    workDir,
    log: () => log,
    pids: async () => [...(await descendantsOf(child.pid as number)), child.pid as number],
    start() {
      child = spawn(process.execPath, [ingotProgram, ...args], { stdio: ["ignore", "pipe", "pipe"] });
      for (const output of [child.stdout, child.stderr]) output?.on("data", (bytes: Buffer) => (log += String(bytes)));
    },
    async killAlone() {
      const exit = new Promise((resolve) => child.once("exit", resolve));
      // The command line, and the runner that it has started.
      const [started] = await descendantsOf(child.pid as number);
      for (const pid of [child.pid, started]) if (pid !== undefined) signal(pid, "SIGKILL");
      await exit;
    },
    async kill() {
      const gone = child.exitCode !== null || child.signalCode !== null;
      const exit = gone ? Promise.resolve() : new Promise((resolve) => child.once("exit", resolve));
      for (const pid of gone ? [] : await runner.pids()) signal(pid, "SIGKILL");
      await exit;
    },
  };
  runner.start();
  return runner;
}

/** To a process that may have ended. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function startBucket(directory: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  process.env["AWS_ACCESS_KEY_ID"] = "S3RVER";
  process.env["AWS_SECRET_ACCESS_KEY"] = "S3RVER";
  const service = new S3rver({
    port: 0,
    address: "127.0.0.1",
    silent: true,
    directory: join(directory, "bucket"),
    configureBuckets: [{ name: "ingot", configs: [] }],
  });
  const { port } = await service.run();
  const endpoint = encodeURIComponent(`http://127.0.0.1:${port}`);
  return {
    url: `s3://ingot/cluster?endpoint=${endpoint}&path-style=true`,
    close: () => service.close(),
  };
}

/** Passes each connection on to the next port that accepts one; TLS is between client and replica. */
async function startBalancer(ports: readonly number[]): Promise<{ readonly url: string; readonly server: Server }> {
  let turn = 0;
  const server = createServer((client) => {
    const attempt = (left: number): void => {
      const port = ports[turn++ % ports.length];
      if (left === 0 || port === undefined) return void client.destroy();
      const upstream = connect(port, "127.0.0.1");
      upstream.once("connect", () => {
        client.pipe(upstream).pipe(client);
        upstream.on("close", () => client.destroy());
      });
      upstream.once("error", () => (upstream.connecting || !upstream.readable ? attempt(left - 1) : client.destroy()));
      client.on("close", () => upstream.destroy());
      client.on("error", () => upstream.destroy());
    };
    attempt(ports.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
