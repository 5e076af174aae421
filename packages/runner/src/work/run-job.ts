import type { Logger } from "pino";
import { ApiRefusal, isLeaseLost, type ApiClient } from "../api-client.ts";
import type { Confinement } from "../isolation/confinement.ts";
import type { CompleteRequest, RunnerJob } from "../protocol.ts";
import { preamble } from "./engine-session.ts";
import { holdLease } from "./hold-lease.ts";
import { openIdentity } from "../identity/job-identity.ts";
import { createJobDirectory } from "./job-directory.ts";
import { createLogShipper } from "./log-shipper.ts";
import { createMasker, maskText } from "./mask.ts";
import type { JobSettings, PhaseContext } from "./phase-context.ts";
import { runApply } from "./run-apply.ts";
import { runAssessment } from "./run-assessment.ts";
import { runPlan } from "./run-plan.ts";
import { createStopControl, type StopControl } from "./stop-control.ts";
import { WorkError } from "./work-error.ts";

type Report = Omit<CompleteRequest, "fence">;

export interface JobInProgress {
  /** Resolves when the job is reported, or lost, and its directory is gone. Never rejects. */
  readonly done: Promise<void>;
  readonly stop: StopControl;
}

/** Does one job from claim to report. Once the lease is lost it ends the engine and says nothing more. */
export function startJob(
  job: RunnerJob,
  deps: { readonly api: ApiClient; readonly settings: JobSettings; readonly logger: Logger },
): JobInProgress {
  const stop = createStopControl({ interruptGraceMs: deps.settings.timing.interruptGraceMs });
  const logger = deps.logger.child({ job: job.id, run: job.run_id, phase: job.phase });
  const done = workOn(job, stop, { ...deps, logger }).catch((error: unknown) =>
    logger.error({ err: error }, "the job could not be reported"),
  );
  return { done, stop };
}

async function workOn(
  job: RunnerJob,
  stop: StopControl,
  deps: { readonly api: ApiClient; readonly settings: JobSettings; readonly logger: Logger },
): Promise<void> {
  const { api, settings, logger } = deps;
  logger.info({ workspace: job.workspace.name }, "job started");
  const lease = holdLease({
    leaseMs: job.lease_seconds * 1000,
    heartbeatMs: job.heartbeat_seconds * 1000,
    renew: (signal) => api.renewLease(job, signal),
    isLost: isLeaseLost,
    onStop: (how) => stop[how]("canceled"),
    onMissed: (error) => logger.warn({ err: error }, "the lease could not be renewed"),
  });
  lease.lost.addEventListener("abort", () => stop.kill("lease_lost"));
  const limit = setTimeout(() => stop.interrupt("timed_out"), Math.min(job.timeout_seconds * 1000, timerMsMax));
  const log = openLog(job, {
    api,
    signal: lease.lost,
    onLost: (error) => {
      if (error instanceof ApiRefusal && error.code === "lease_lost") lease.lose();
      else if (!lease.lost.aborted) logger.error({ err: error }, "the log could not be delivered");
    },
  });
  async function work(): Promise<Report> {
    const directory = await createJobDirectory(settings.workDir, job);
    let confinement: Confinement | undefined;
    try {
      confinement = await settings.isolation.enter(directory);
      const leaseLost = lease.lost;
      const signal = stop.interrupted;
      const identity = await openIdentity(job, directory.identity, { mask: log.mask, signal, logger });
      const { environment } = identity;
      try {
        return await runPhase({
          job,
          directory,
          environment,
          confinement,
          api,
          settings,
          stop,
          leaseLost,
          log,
          logger,
        });
      } finally {
        await identity.end();
      }
    } finally {
      await confinement
        ?.leave()
        .catch((error: unknown) => logger.error({ err: error }, "something that a job has started goes on"));
      await directory.remove().catch((error: unknown) => logger.error({ err: error }, "a job's directory remains"));
    }
  }
  try {
    const { report, text } = await conclude(job, stop, { logger, onLost: () => lease.lose() }, work);
    if (stop.reason() !== "lease_lost") {
      await log.close(text);
      await api.complete(job, report, lease.lost);
      logger.info({ outcome: report.outcome, reason: report.message }, "job finished");
    }
  } catch (error) {
    if (isLeaseLost(error)) lease.lose();
    if (!lease.lost.aborted) throw error;
  } finally {
    if (stop.reason() === "lease_lost") logger.warn("the lease was lost: the job belongs to somebody else now");
    clearTimeout(limit);
    stop.close();
    lease.release();
  }
}

function runPhase(context: PhaseContext): Promise<Report> {
  switch (context.job.phase) {
    case "plan":
      return runPlan(context);
    case "apply":
      return runApply(context);
    case "assess":
      return runAssessment(context);
  }
}

// Longer timers fire at once. Source: Node, timers, TIMEOUT_MAX.
const timerMsMax = 2 ** 31 - 1;

interface Ending {
  readonly report: Report;
  /** What the log says at its end. */
  readonly text: string;
}

/** What is to be reported, whichever way the work ended. */
async function conclude(
  job: RunnerJob,
  stop: StopControl,
  { logger, onLost }: { readonly logger: Logger; readonly onLost: () => void },
  work: () => Promise<Report>,
): Promise<Ending> {
  try {
    return { report: await work(), text: "" };
  } catch (error) {
    // The run was stopped, or deleted with its workspace, and a file of it was refused before the next heartbeat.
    if (error instanceof ApiRefusal && error.code === "lease_lost") onLost();
    const { outcome, message } = describeFailure(job, stop, error);
    if (!(error instanceof WorkError) && stop.reason() === undefined) {
      logger.error({ err: error }, "a job failed in an unexpected way");
    }
    const shown = maskText(job.masked, message).slice(0, messageLengthMax);
    const inLog = error instanceof WorkError && error.inLog;
    return { report: { outcome, message: shown }, text: inLog ? "" : `\nError: ${shown}\n` };
  }
}

const messageLengthMax = 4000;

function describeFailure(
  job: RunnerJob,
  stop: StopControl,
  error: unknown,
): { readonly outcome: "errored" | "canceled"; readonly message: string } {
  const undelivered = error instanceof WorkError && stop.reason() !== undefined ? ` ${error.message}` : "";
  const killed = stop.killed.aborted
    ? ` The engine had to be killed${job.phase === "apply" ? "; what it did last may be missing from the state" : ""}.`
    : "";
  const phase = job.phase === "assess" ? "assessment" : job.phase;
  switch (stop.reason()) {
    case "canceled":
      return { outcome: "canceled", message: `The ${phase} was canceled.${killed}${undelivered}` };
    case "timed_out":
      return {
        outcome: "errored",
        message: `The ${phase} took longer than its limit of ${job.timeout_seconds} s and was stopped.${killed}${undelivered}`,
      };
    case "runner_stopped":
      return {
        outcome: "errored",
        message: `The runner was stopped during the ${phase}.${killed}${undelivered}${job.phase === "assess" ? "" : " Start the run again."}`,
      };
    case "lease_lost":
    case undefined:
      return { outcome: "errored", message: describeError(error) };
  }
}

function describeError(error: unknown): string {
  if (error instanceof WorkError) return error.message;
  if (error instanceof ApiRefusal) return `The runner could not exchange its files with the server. ${error.message}`;
  return `The runner failed: ${error instanceof Error ? error.message : String(error)}`;
}

interface JobLog {
  readonly write: (bytes: Buffer | string) => Promise<void> | undefined;
  readonly mask: (secret: string) => void;
  /** Adds the last words and delivers everything. */
  close(text: string): Promise<void>;
}

function openLog(
  job: RunnerJob,
  options: { readonly api: ApiClient; readonly signal: AbortSignal; readonly onLost: (error: unknown) => void },
): JobLog {
  const masker = createMasker(job.masked);
  const shipper = createLogShipper({
    put: (offset, bytes) =>
      options.api.upload(job.urls.log, bytes, { signal: options.signal, query: { offset: String(offset) } }),
    onLost: options.onLost,
  });
  let isEmpty = true;
  const write = (bytes: Buffer | string) => {
    isEmpty = false;
    return shipper.write(masker.write(Buffer.from(bytes)));
  };
  return {
    write,
    mask: (secret) => masker.add(secret),
    async close(text) {
      // The last words must not be among the three lines that the CLIs drop.
      if (isEmpty) void write(preamble(undefined));
      void write(text);
      void shipper.write(masker.end());
      await shipper.close();
    },
  };
}
