import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { ApiRefusal, isLeaseLost, isUnauthenticated, type ApiClient, type JobRef } from "../api-client.ts";
import { unsentDirectory, type DeadJob } from "./job-directory.ts";

export interface UnsentStates {
  /** Something was kept: sends it as soon as the server takes it. */
  nudge(): void;
  /** Resolves when the signal has aborted and nothing is being sent any more. */
  readonly done: Promise<void>;
}

const retryMsMin = 1000;
const retryMsMax = 60_000;

/**
 * Sends the states that jobs could not deliver while they had their lease, now and whenever there are new ones, and removes
 * each once the server has it. The server decides what becomes of it. What it refuses for good stays here, for a person.
 */
export function deliverUnsent(options: {
  readonly workDir: string;
  readonly api: Pick<ApiClient, "sendLateState" | "complete">;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** What the runner before this one was doing when it died: the server is told once their states are there. */
  readonly dead: readonly DeadJob[];
}): UnsentStates {
  const { signal } = options;
  let wake = new AbortController();

  async function live(): Promise<void> {
    let waitMs = retryMsMin;
    let { dead } = options;
    while (!signal.aborted) {
      const nudged = wake.signal;
      const isAllSent = await sendAll(options);
      // Not before: the workspace goes to the next run, which should begin from what this one has written.
      if (isAllSent) {
        await reportDead(options, dead);
        dead = [];
      }
      waitMs = isAllSent ? retryMsMin : Math.min(waitMs * 2, retryMsMax);
      const either = AbortSignal.any([signal, nudged]);
      if (isAllSent) await aborted(either);
      else await sleep(waitMs * (0.5 + Math.random() / 2), undefined, { signal: either }).catch(() => {});
      if (nudged.aborted) wake = new AbortController();
    }
  }

  return { nudge: () => wake.abort(), done: live() };
}

/** So that their runs end now, and not when their leases do. */
async function reportDead(
  { api, logger, signal }: Parameters<typeof deliverUnsent>[0],
  dead: readonly DeadJob[],
): Promise<void> {
  const message =
    "The runner was killed while it worked on this, and has started again. Its engine was ended; what it had written is kept. Start a new run.";
  for (const job of dead) {
    try {
      await api.complete(job, { outcome: "errored", message, in_log: true }, signal);
    } catch (error) {
      if (!signal.aborted && !isLeaseLost(error))
        logger.warn({ err: error, job: job.id }, "a job could not be given up");
    }
  }
}

/** False when something is still to be tried again. */
async function sendAll(options: Parameters<typeof deliverUnsent>[0]): Promise<boolean> {
  const { api, logger, signal } = options;
  const directory = unsentDirectory(options.workDir);
  let isAllSent = true;
  for (const name of await readdir(directory).catch(() => [])) {
    const job = jobOf(name);
    if (job === undefined || signal.aborted) continue;
    const file = join(directory, name);
    try {
      const { kept } = await api.sendLateState(job, await readFile(file), signal);
      await rm(file);
      logger.warn({ job: job.id, file, kept }, "a state that could not be delivered before is with the server now");
    } catch (error) {
      if (signal.aborted) return false;
      if (isForGood(error)) {
        await rename(file, `${file}.refused`);
        logger.error(
          { err: error, file: `${file}.refused` },
          "the server does not take a state, which stays in this file",
        );
      } else {
        isAllSent = false;
        logger.warn({ err: error, file }, "a state could not be delivered; it will be tried again");
      }
    }
  }
  return isAllSent;
}

/** `<run id>.<job id>-<fence>.tfstate`; anything else is none of ours. */
function jobOf(name: string): JobRef | undefined {
  const [, id, fence] = /\.([A-Za-z0-9_-]+)-(\d+)\.tfstate$/.exec(name) ?? [];
  return id === undefined ? undefined : { id, fence: Number(fence) };
}

/** A job that the server does not know, or a body that it does not want, will not be better the next time. */
function isForGood(error: unknown): boolean {
  if (!(error instanceof ApiRefusal) || isUnauthenticated(error)) return false;
  return error.status < 500 && error.status !== 408 && error.status !== 429;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
