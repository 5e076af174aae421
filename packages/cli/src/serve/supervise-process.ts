import { spawn, type ChildProcess } from "node:child_process";
import type { Logger } from "@ingot/server";

export interface SupervisedProcess {
  /** Asks it to end (SIGTERM) and waits; it is not started again. */
  stop(): Promise<void>;
  /** Ends it and everything it started, at once. */
  kill(): void;
}

export interface SuperviseOptions {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly logger: Logger;
  /** How long to wait before start number `n` after a death, n from 1. Default: 1 s, doubled each time, at most 30 s. */
  readonly delayMs?: (attempt: number) => number;
  /** A life this long proves that it works: the next death counts as the first. Default 60 s. */
  readonly provenAfterMs?: number;
}

/**
 * Keeps one child process alive. It runs in a group of its own, so that Ctrl-C in the terminal reaches this process alone,
 * and its standard input is a pipe that closes when this process dies, however it dies: the child can end itself then.
 */
export function superviseProcess(options: SuperviseOptions): SupervisedProcess {
  const delayMs = options.delayMs ?? ((attempt) => Math.min(1000 * 2 ** (attempt - 1), 30_000));
  const provenAfterMs = options.provenAfterMs ?? 60_000;
  let child: ChildProcess | undefined;
  let exited: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let deaths = 0;
  let stopping = false;

  const start = (): void => {
    const startedAt = performance.now();
    const started = spawn(options.program, options.args, {
      detached: true,
      env: options.environment,
      // Its output goes where our log goes: standard output is for what a command prints.
      stdio: ["pipe", 2, 2],
    });
    child = started;
    started.stdin?.on("error", () => undefined);
    exited = new Promise((resolve) => {
      const ended = (how: Record<string, unknown>): void => {
        if (child !== started) return;
        child = undefined;
        resolve();
        if (stopping) return;
        deaths = performance.now() - startedAt >= provenAfterMs ? 1 : deaths + 1;
        const waitMs = delayMs(deaths);
        options.logger.warn({ ...how, wait_ms: waitMs }, `the ${options.name} ended; it will be started again`);
        timer = setTimeout(start, waitMs);
      };
      started.once("error", (error) => ended({ err: error }));
      started.once("exit", (code, signal) => ended({ exit_code: code, signal }));
    });
    options.logger.info({ child_pid: started.pid }, `the ${options.name} was started`);
  };
  start();

  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      child?.kill("SIGTERM");
      await exited;
    },
    kill() {
      stopping = true;
      clearTimeout(timer);
      if (child?.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    },
  };
}
