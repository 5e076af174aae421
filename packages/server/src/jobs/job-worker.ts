import type { Db } from "../db/database.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import { claimJobs, completeJob, failJob, renewLease, type Job } from "./job-store.ts";

/** Does one job. It may be called twice for the same job (after a crash), so its effect must be repeatable. */
export type JobHandler = (job: Job) => Promise<void>;

export interface JobWorkerDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly logger: Logger;
  readonly handlers: Readonly<Record<string, JobHandler>>;
  readonly holder: string;
  /** How long an idle worker waits before it looks again; what `wake` shortens. */
  readonly pollMs?: number;
}

export interface JobWorker {
  start(): void;
  /** Looks for due jobs now: called after a transaction that wrote one. */
  wake(): void;
  /** Does what is due and returns when nothing is; for tests. */
  drain(): Promise<void>;
  /** Waits for the job in progress. */
  stop(): Promise<void>;
}

// A handler takes milliseconds to seconds; a worker that died must not hold up its jobs for longer than this.
const leaseMs = 30_000;
const retryMsMax = 60_000;

/** Runs the server's own jobs, one at a time; every replica has one and they share the work. */
export function createJobWorker(deps: JobWorkerDeps): JobWorker {
  const kinds = Object.keys(deps.handlers);
  const pollMs = deps.pollMs ?? 1000;
  let running = false;
  let loop: Promise<void> | undefined;
  let wakeUp: (() => void) | undefined;

  async function workOnce(): Promise<boolean> {
    const [job] = await claimJobs(deps.db, {
      kinds,
      holder: deps.holder,
      leaseMs,
      limit: 1,
      now: deps.now(),
      takeOver: true,
    });
    if (job === undefined) return false;
    const beat = setInterval(() => {
      renewLease(deps.db, job, deps.now() + leaseMs).catch((error: unknown) =>
        deps.logger.warn({ err: error, job: job.id }, "the lease of a job could not be renewed"),
      );
    }, leaseMs / 3);
    try {
      await deps.handlers[job.kind]?.(job);
      await deps.db.transaction().execute((tx) => completeJob(tx, job));
    } catch (error) {
      const last = job.attempts >= job.attemptsMax;
      const retryAt = last ? null : deps.now() + Math.min(250 * 2 ** job.attempts, retryMsMax);
      deps.logger[last ? "error" : "warn"](
        { err: error, job: job.id, kind: job.kind, attempt: job.attempts },
        "a job failed",
      );
      await failJob(deps.db, job, error instanceof Error ? error.message : String(error), retryAt);
    } finally {
      clearInterval(beat);
    }
    return true;
  }

  async function run(): Promise<void> {
    while (running) {
      let worked = false;
      try {
        worked = await workOnce();
      } catch (error) {
        deps.logger.error({ err: error }, "jobs could not be claimed");
      }
      if (!worked && running) await pause();
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    start() {
      if (running || kinds.length === 0) return;
      running = true;
      loop = run();
    },
    wake() {
      wakeUp?.();
    },
    async drain() {
      while (await workOnce());
    },
    async stop() {
      running = false;
      wakeUp?.();
      await loop;
    },
  };
}
