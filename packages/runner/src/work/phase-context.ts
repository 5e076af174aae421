import type { Logger } from "pino";
import type { ApiClient } from "../api-client.ts";
import type { Engine } from "../engines/find-engines.ts";
import type { RunnerJob } from "../protocol.ts";
import type { JobDirectory } from "./job-directory.ts";
import type { StopControl } from "./stop-control.ts";

/** What the operator has set for every job of this runner. */
export interface JobSettings {
  readonly workDir: string;
  readonly engines: readonly Engine[];
  readonly providerMirror: string | undefined;
  readonly pluginCacheDir: string | undefined;
  /** Variables of the runner's own environment that runs get too. */
  readonly passedEnvironment: Readonly<Record<string, string>>;
  /** PEM. */
  readonly caBundle: string;
  /** Engines cannot share a plugin cache while one of them fills it. */
  readonly oneInitAtATime: <T>(init: () => Promise<T>) => Promise<T>;
  readonly timing: Timing;
}

export interface Timing {
  /** How long an engine may take to obey an interrupt before it is killed. */
  readonly interruptGraceMs: number;
  readonly statePollMs: number;
}

/** One phase of one run, in progress. */
export interface PhaseContext {
  readonly job: RunnerJob;
  readonly directory: JobDirectory;
  readonly api: ApiClient;
  readonly settings: JobSettings;
  readonly stop: StopControl;
  /** Aborts when the lease is lost: what is reported outlives an interrupt, but not this. */
  readonly leaseLost: AbortSignal;
  readonly log: { readonly write: (bytes: Buffer | string) => Promise<void> | undefined };
  readonly logger: Logger;
}
