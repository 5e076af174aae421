import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { createInterface } from "node:readline";

export interface GroupOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Undefined: that of this process. */
  readonly cwd: string | undefined;
  /** Its user and group; undefined: those of this process. */
  readonly uid?: number;
  /** See {@link ConfinedCommand}. */
  readonly reportsPid?: boolean;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** An open file for standard output; without it both outputs come as one, in the order they were written. */
  readonly stdoutFd?: number;
  /** Gets what the process says. A promise asks to wait: the process is held up by its full pipe meanwhile. */
  readonly onOutput: (bytes: Buffer) => Promise<void> | undefined;
  /** Sends SIGINT to the group, once: engines take a second one as an order to abandon their state. */
  readonly interrupted: AbortSignal;
  /** Sends SIGKILL to the group. */
  readonly killed: AbortSignal;
  /** How long output may keep coming after the end of the process, from one that left the group and holds the pipe. */
  readonly pipeGraceMs?: number;
  readonly onStart?: (pid: number) => void;
}

export interface GroupExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs a command as the leader of a process group of its own. Resolves when the command has ended and its output was
 * taken; whatever it left behind in the group is killed then. Rejects when it cannot be started.
 */
export async function runInGroup(options: GroupOptions): Promise<GroupExit> {
  const child = startGroup(options);
  const pid = child.pid;
  const source = options.stdoutFd === undefined ? child.stdout : child.stderr;
  const output = takeOutput(source, options);
  const exit = new Promise<GroupExit>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(options.reportsPid === true ? readWrapped(code) : { code, signal }));
  });
  if (pid === undefined) return exit;
  const leader = options.reportsPid === true ? readLeader(child) : Promise.resolve(pid);
  void leader.then((group) => group !== undefined && options.onStart?.(group));
  // The wrapper of a group must not hear of it: it would end, and leave the engine behind.
  const interrupt = () => void leader.then((group) => group !== undefined && signalGroup(group, "SIGINT"));
  const kill = () => {
    if (options.reportsPid === true) void leader.then((group) => group !== undefined && signalGroup(group, "SIGKILL"));
    signalGroup(pid, "SIGKILL");
  };
  listen(options.interrupted, interrupt);
  listen(options.killed, kill);
  try {
    const result = await exit;
    kill();
    await output.finish(options.pipeGraceMs ?? 2000);
    return result;
  } finally {
    options.interrupted.removeEventListener("abort", interrupt);
    options.killed.removeEventListener("abort", kill);
  }
}

/** Signals every process of a group, as far as they are left and ours: a provisioner may have become another user. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

function startGroup(options: GroupOptions): ChildProcess {
  const { cwd, env, uid } = options;
  const how = { cwd, env, detached: true, ...(uid === undefined ? {} : { uid, gid: uid }) };
  const status = options.reportsPid === true ? (["pipe"] as const) : [];
  if (options.stdoutFd !== undefined) {
    return spawn(options.command, options.args, { ...how, stdio: ["ignore", options.stdoutFd, "pipe", ...status] });
  }
  // One pipe for both outputs keeps their order; the shell gives way to the command, which keeps its process id.
  return spawn("/bin/sh", ["-c", 'exec "$0" "$@" 2>&1', options.command, ...options.args], {
    ...how,
    stdio: ["ignore", "pipe", "ignore", ...status],
  });
}

/** The first line that the wrapper says, before the engine could say anything. Undefined when it started nothing. */
function readLeader(child: ChildProcess): Promise<number | undefined> {
  const lines = createInterface({ input: child.stdio[3] as Readable });
  return new Promise((resolve) => {
    lines.once("line", (line) => {
      const pid = (JSON.parse(line) as { "child-pid"?: unknown })["child-pid"];
      resolve(typeof pid === "number" && pid > 1 ? pid : undefined);
    });
    lines.once("close", () => resolve(undefined));
  });
}

/** A wrapper ends with 128 and the number of the signal that ended the engine. Source: bwrap(1), shells. */
function readWrapped(code: number | null): GroupExit {
  return { code: code !== null && code > 128 ? null : code, signal: null };
}

function listen(signal: AbortSignal, action: () => void): void {
  if (signal.aborted) action();
  else signal.addEventListener("abort", action, { once: true });
}

function takeOutput(source: Readable | null, options: GroupOptions): { finish(graceMs: number): Promise<void> } {
  if (source === null) return { finish: () => Promise.resolve() };
  let exited = false;
  let quiet: NodeJS.Timeout | undefined;
  const closed = new Promise<void>((resolve) => source.once("close", resolve));
  source.on("error", () => {});
  source.on("data", (bytes: Buffer) => {
    quiet?.refresh();
    const full = options.onOutput(bytes);
    // What a dead process left in the pipe is little and is taken at once.
    if (full === undefined || exited) return;
    source.pause();
    void full.then(() => source.resume());
  });
  return {
    async finish(graceMs) {
      exited = true;
      source.resume();
      const end = () => source.destroy();
      quiet = setTimeout(end, graceMs);
      const latest = setTimeout(end, 5 * graceMs);
      await closed;
      clearTimeout(quiet);
      clearTimeout(latest);
    },
  };
}
