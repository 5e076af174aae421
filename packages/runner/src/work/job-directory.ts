import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { readInside } from "../isolation/open-inside.ts";
import { signalGroup } from "./process-group.ts";
import { describeProcess, isAlive, processIdOf } from "./process-identity.ts";

/** Where everything of one job lives, mode 0700. All paths are absolute. */
export interface JobDirectory {
  readonly root: string;
  /** The unpacked configuration. */
  readonly config: string;
  readonly states: string;
  readonly home: string;
  readonly tmp: string;
  /** What the engine and the runner exchange: plans. */
  readonly transfer: string;
  /** The runner's alone. Everything above may be full of links that lead elsewhere, once an engine has run. */
  readonly own: string;
  /** The run's own cache of providers. */
  readonly plugins: string;
  /** Credentials of the run for other systems. */
  readonly identity: string;
  readonly caBundle: string;
  readonly cliConfig: string;
  /** Remembers the process group of each command of the engine, for the case that the runner dies. */
  readonly noteEngine: (pid: number) => void;
  remove(): Promise<void>;
}

/** Of the directories in it, those that the engine may write to. */
export function writableBy(directory: JobDirectory): string[] {
  const { config, states, home, tmp, transfer, plugins, identity } = directory;
  return [config, states, home, tmp, transfer, plugins, identity];
}

const runnerFile = "runner.pid";
const engineFile = "engine.pid";
const runFile = "run";

/** Makes the directory `<job id>-<fence>` below the work directory. */
export async function createJobDirectory(
  workDir: string,
  job: { readonly id: string; readonly fence: number; readonly run_id: string },
): Promise<JobDirectory> {
  const root = join(workDir, `${asFileName(job.id)}-${job.fence}`);
  await rm(root, { recursive: true, force: true });
  await mkdir(root, { mode: 0o700 });
  await writeFile(join(root, runnerFile), describeProcess(process.pid));
  await writeFile(join(root, runFile), job.run_id);
  const directory: JobDirectory = {
    root,
    config: join(root, "config"),
    states: join(root, "states"),
    home: join(root, "home"),
    tmp: join(root, "tmp"),
    transfer: join(root, "transfer"),
    own: join(root, "own"),
    plugins: join(root, "plugins"),
    identity: join(root, "identity"),
    caBundle: join(root, "ca.pem"),
    cliConfig: join(root, "cli.tfrc"),
    noteEngine: (pid) => appendFileSync(join(root, engineFile), `${describeProcess(pid)}\n`),
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
  for (const path of [...writableBy(directory), directory.own]) await mkdir(path, { mode: 0o700 });
  return directory;
}

/** Where states are that could not be delivered. */
export function unsentDirectory(workDir: string): string {
  return join(workDir, "unsent");
}

/** The name says whose state it is, so that another runner process can send it. See {@link deliverUnsent}. */
export function unsentName(job: DeadJob): string {
  return `${job.runId}.${job.id}-${job.fence}.tfstate`;
}

/** Keeps a state that could not be delivered, mode 0600, and returns where it is. */
export async function keepUnsent(workDir: string, name: string, state: Buffer): Promise<string> {
  const directory = unsentDirectory(workDir);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, asFileName(name));
  await writeFile(`${file}.new`, state, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return file;
}

/** A job whose runner died. */
export interface DeadJob {
  readonly id: string;
  readonly fence: number;
  readonly runId: string;
}

/**
 * Removes the directories of jobs whose runner is dead, and returns these jobs: the server can be told. An engine that
 * outlived its runner is ended first, and a state that it may have written is kept.
 */
export async function removeDeadJobs(workDir: string, logger: Logger): Promise<DeadJob[]> {
  const entries = await readdir(workDir, { withFileTypes: true });
  const directories = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  // At once: their leases are running out.
  const removed = await Promise.all(directories.map((name) => removeIfDead(workDir, name, logger)));
  return removed.filter((job) => job !== undefined);
}

async function removeIfDead(workDir: string, name: string, logger: Logger): Promise<DeadJob | undefined> {
  const [, id, fence] = /^(.+)-(\d+)$/.exec(name) ?? [];
  if (id === undefined) return undefined;
  const root = join(workDir, name);
  const owner = await readFile(join(root, runnerFile), "utf8").catch(() => undefined);
  if (owner === undefined) {
    // Died while it was made, or is being made: only an empty one goes.
    await rmdir(root).catch(() => {});
    return undefined;
  }
  if (isAlive(owner)) return undefined;
  const engines = await readFile(join(root, engineFile), "utf8").catch(() => "");
  await Promise.all(engines.split("\n").map(endEngine));
  const runId = await readFile(join(root, runFile), "utf8").catch(() => "unknown-run");
  const job = { id, fence: Number(fence), runId };
  await rescueState(workDir, root, job, logger);
  await rm(root, { recursive: true, force: true, maxRetries: 3 });
  logger.info({ directory: root }, "removed what a dead runner left behind");
  return job;
}

async function endEngine(description: string): Promise<void> {
  if (!isAlive(description)) return;
  const pid = processIdOf(description);
  signalGroup(pid, "SIGINT");
  for (let waited = 0; waited < engineEndMs && isAlive(description); waited += 100) await sleep(100);
  signalGroup(pid, "SIGKILL");
}

// Long enough to write a state down; nobody waits for what it does beyond that.
const engineEndMs = 10_000;

async function rescueState(workDir: string, root: string, job: DeadJob, logger: Logger): Promise<void> {
  const states = join(root, "states");
  for (const name of await readdir(states, { recursive: true }).catch(() => [])) {
    if (!name.endsWith(".tfstate")) continue;
    const state = await readInside(states, name).catch(() => undefined);
    const downloaded = await readFile(join(root, "own", "state")).catch(() => undefined);
    if (state === undefined || downloaded?.equals(state) === true) continue;
    const file = await keepUnsent(workDir, unsentName(job), state);
    logger.error(
      { run: job.runId, file },
      "a runner died during an apply: the state that its engine wrote is kept in this file",
    );
  }
}

function asFileName(id: string): string {
  return id.replace(/[^A-Za-z0-9_.-]/g, "_").replace(/^\.+/, "_");
}
