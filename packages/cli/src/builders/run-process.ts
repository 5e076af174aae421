import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

// Builders clean up after themselves on the first interrupt (packer ends its machines); after this they are killed.
const graceDefaultMs = 30_000;

export interface ProcessResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Runs a program in a process group of its own and hands over its output line by line. Aborting interrupts the whole group
 * and kills it after a grace period; whatever the program left behind in its group is killed when it ends. Throws only
 * when the program cannot be started.
 */
export async function runProcess(options: {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly graceMs?: number;
  readonly onLine: (line: string) => void;
}): Promise<ProcessResult> {
  const child = spawn(options.program, options.args, {
    cwd: options.directory,
    env: options.environment,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const send = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Nobody is left in the group.
    }
  };
  let killTimer: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    send("SIGINT");
    killTimer = setTimeout(() => send("SIGKILL"), options.graceMs ?? graceDefaultMs);
  };
  const readers = [forEachLine(child.stdout, options.onLine), forEachLine(child.stderr, options.onLine)];
  try {
    return await new Promise<ProcessResult>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (exitCode, signal) => {
        // A grandchild that holds the pipe would otherwise keep the readers waiting.
        send("SIGKILL");
        void Promise.all(readers).then(() => resolve({ exitCode, signal }));
      });
      if (options.signal.aborted) interrupt();
      else options.signal.addEventListener("abort", interrupt, { once: true });
    });
  } finally {
    clearTimeout(killTimer);
    options.signal.removeEventListener("abort", interrupt);
  }
}

async function forEachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) onLine(line);
}
