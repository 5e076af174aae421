import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { ApiRefusal, createApiClient, type ApiClient } from "./api-client.ts";
import { openDownloads, type DownloadOptions } from "./engines/engine-downloads.ts";
import { createEngineSupply } from "./engines/engine-supply.ts";
import { findEngines } from "./engines/find-engines.ts";
import type { IsolationLevel, ResourceLimits } from "./isolation/confinement.ts";
import { chooseIsolation } from "./isolation/isolation.ts";
import type { Phase, RunnerJob } from "./protocol.ts";
import { makeCaBundle } from "./work/ca-bundle.ts";
import { removeDeadJobs, type DeadJob } from "./work/job-directory.ts";
import type { JobSettings, Timing } from "./work/phase-context.ts";
import { openPluginCache } from "./work/plugin-cache.ts";
import { deliverUnsent } from "./work/unsent-states.ts";
import { startJob, type JobInProgress } from "./work/run-job.ts";

export interface RunnerOptions {
  readonly url: string;
  readonly token: string;
  /** Asked when the server does not accept the token any longer. */
  readonly rereadToken?: (() => string | undefined) | undefined;
  /** Default `auto`: see {@link chooseIsolation}. */
  readonly isolation?: IsolationLevel | "auto";
  /** What isolated engines may read besides the system's programs. */
  readonly readable?: readonly string[];
  /** See {@link IsolationOptions}. */
  readonly firstUserId?: number | undefined;
  readonly limits?: ResourceLimits;
  /** Default `auto`: see {@link findCgroups}. */
  readonly cgroup?: string | undefined;
  /** PEM file with the server's CA, when it is not a public one. */
  readonly caFile?: string | undefined;
  readonly workDir: string;
  /** Jobs at once. */
  readonly concurrency: number;
  readonly enginesDir?: string | undefined;
  /** Undefined: engines are never downloaded. */
  readonly downloads?: Omit<DownloadOptions, "caBundle" | "directory"> | undefined;
  readonly providerMirror?: string | undefined;
  /** A network mirror for providers that the directory does not have. */
  readonly providerNetworkMirror?: string | undefined;
  /** Providers come from mirrors only. */
  readonly onlyMirrors?: boolean;
  readonly pluginCacheDir?: string | undefined;
  readonly passedEnvironment?: Readonly<Record<string, string>>;
  /** Where engines are looked for, as $PATH. */
  readonly path: string;
  /** PEM file with further CAs that engines trust, as $SSL_CERT_FILE. */
  readonly operatorCaFile?: string | undefined;
  /** Shown to people. */
  readonly name: string;
  readonly logger: Logger;
  readonly timing?: Partial<Timing>;
}

export interface Runner {
  /** Claims no more, and ends when what runs is done. */
  drain(): void;
  /** Claims no more, interrupts what runs and reports it. */
  stop(): void;
  /** Ends everything at once; nothing is reported. */
  kill(): void;
  /** Resolves when the runner has stopped; rejects when the server does not accept it. */
  readonly done: Promise<void>;
}

// Where systems keep the ids that services make up for themselves. Source: systemd, UIDS-GIDS.
const firstUserIdDefault = 61_184;

const claimWaitSeconds = 20;
const retryMsMin = 500;
const retryMsMax = 10_000;

/** Starts to claim and do jobs. Rejects when the options do not lead to a working runner. */
export async function startRunner(options: RunnerOptions): Promise<Runner> {
  const { logger } = options;
  const workDir = resolve(options.workDir);
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  const dead = await removeDeadJobs(workDir, logger);
  const engines = await findEngines({
    path: options.path,
    enginesDir: options.enginesDir ?? join(workDir, "engines"),
    onBroken: (path, error) => logger.warn({ path, err: error }, "an engine does not work and is left out"),
  });
  const ca = options.caFile === undefined ? undefined : await readFile(options.caFile, "utf8");
  if (options.pluginCacheDir !== undefined) await mkdir(options.pluginCacheDir, { recursive: true });
  const providerMirror = options.providerMirror === undefined ? undefined : resolve(options.providerMirror);
  const pluginCacheDir = options.pluginCacheDir === undefined ? undefined : resolve(options.pluginCacheDir);
  const mirrors = providerMirror === undefined ? [] : [providerMirror];
  const caBundle = await makeCaBundle({ operatorFile: options.operatorCaFile, serverCa: ca });
  // Beside those that the operator has put there, or where the runner keeps its own.
  const downloadDirectory = resolve(options.enginesDir ?? join(workDir, "engines"));
  const downloads =
    options.downloads === undefined
      ? undefined
      : {
          from: await openDownloads({ ...options.downloads, caBundle, directory: downloadDirectory }),
          directory: downloadDirectory,
        };
  if (engines.length === 0 && downloads === undefined)
    logger.error("no engine was found: put tofu or terraform on PATH or into the engines directory");
  const isolation = await chooseIsolation(
    {
      wish: options.isolation ?? "auto",
      path: options.path,
      workDir,
      engines,
      readable: [...mirrors, ...(options.readable ?? []).map((path) => resolve(path))],
      firstUserId: options.firstUserId ?? firstUserIdDefault,
      limits: options.limits ?? {},
      cgroup: options.cgroup ?? "auto",
    },
    logger,
  );
  logger.info(
    {
      engines: engines.map((engine) => `${engine.name} ${engine.version}`),
      isolation: isolation.level,
      limits: isolation.limitedBy,
      workDir,
    },
    "runner started",
  );
  const settings = {
    workDir,
    isolation,
    engines: createEngineSupply(engines, downloads),
    providerMirror,
    providerNetworkMirror: options.providerNetworkMirror,
    onlyMirrors: options.onlyMirrors ?? false,
    pluginCache: pluginCacheDir === undefined ? undefined : openPluginCache(pluginCacheDir),
    passedEnvironment: options.passedEnvironment ?? {},
    caBundle,
    timing: { interruptGraceMs: 60_000, statePollMs: 500, ...options.timing },
  };
  const api = createApiClient({
    url: options.url,
    token: options.token,
    rereadToken: options.rereadToken,
    ca,
    onRetry: (error) => logger.debug({ err: error }, "trying again"),
  });
  return run(options, api, settings, dead);
}

function run(
  options: RunnerOptions,
  api: ApiClient,
  given: Omit<JobSettings, "onUnsent">,
  dead: readonly DeadJob[],
): Runner {
  const { logger } = options;
  const stopped = new AbortController();
  /** No job runs any more. */
  const ended = new AbortController();
  const unsent = deliverUnsent({ workDir: given.workDir, api, logger, signal: ended.signal, dead });
  const settings: JobSettings = { ...given, onUnsent: () => unsent.nudge() };
  const jobs = new Set<JobInProgress>();

  let stopping = false;

  function begin(job: RunnerJob): void {
    const inProgress = startJob(job, { api, settings, logger });
    // Claimed in the moment of the stop.
    if (stopping) inProgress.stop.interrupt("runner_stopped");
    jobs.add(inProgress);
    void inProgress.done.then(() => jobs.delete(inProgress));
  }

  async function claim(): Promise<RunnerJob | null> {
    const engines = settings.engines.list().map(({ name, version }) => ({ name, version }));
    const { downloads } = settings.engines;
    const phases: Phase[] = ["plan", "apply", "assess"];
    const question = {
      runner: options.name,
      engines,
      downloads: [...downloads],
      wait_seconds: claimWaitSeconds,
      phases,
    };
    return api.claim(question, stopped.signal);
  }

  async function claimAll(): Promise<void> {
    let waitMs = retryMsMin;
    // One for all rounds: every listener stays until the runner stops.
    const stop = aborted(stopped.signal);
    while (!stopped.signal.aborted) {
      if (jobs.size >= options.concurrency) {
        await Promise.race([...[...jobs].map((job) => job.done), stop]);
        continue;
      }
      try {
        const askedAt = performance.now();
        const job = await claim();
        waitMs = retryMsMin;
        if (job === null) {
          // A server that does not wait must not be asked without pause.
          if (performance.now() - askedAt < retryMsMin) await pause(retryMsMin);
          continue;
        }
        begin(job);
      } catch (error) {
        if (stopped.signal.aborted) return;
        if (error instanceof ApiRefusal && (error.status === 401 || error.status === 403)) throw error;
        logger.warn({ err: error }, "no job could be claimed; trying again");
        await pause(waitMs * (0.5 + Math.random() / 2));
        waitMs = Math.min(waitMs * 2, retryMsMax);
      }
    }
  }

  function pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: stopped.signal }).catch(() => {});
  }

  async function live(): Promise<void> {
    try {
      await claimAll();
    } finally {
      // Without the server's consent nothing can be reported, but the leases of what runs may still hold.
      await Promise.all([...jobs].map((job) => job.done));
      ended.abort();
      await unsent.done;
      await api.close();
    }
  }

  return {
    drain() {
      stopped.abort();
    },
    stop() {
      stopping = true;
      stopped.abort();
      for (const job of jobs) job.stop.interrupt("runner_stopped");
    },
    kill() {
      stopped.abort();
      for (const job of jobs) job.stop.kill("lease_lost");
    },
    done: live(),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
