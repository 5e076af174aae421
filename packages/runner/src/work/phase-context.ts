import type { Logger } from "pino";
import type { ApiClient } from "../api-client.ts";
import type { EngineSupply } from "../engines/engine-supply.ts";
import type { RunnerJob } from "../protocol.ts";
import type { Confinement, Isolation } from "../isolation/confinement.ts";
import type { JobDirectory } from "./job-directory.ts";
import type { PluginCache } from "./plugin-cache.ts";
import type { StopControl } from "./stop-control.ts";

/** What the operator has set for every job of this runner. */
export interface JobSettings {
  /** A state was kept on this machine, since nobody took it. */
  readonly onUnsent: () => void;
  readonly workDir: string;
  readonly isolation: Isolation;
  readonly engines: EngineSupply;
  readonly providerMirror: string | undefined;
  readonly providerNetworkMirror: string | undefined;
  readonly onlyMirrors: boolean;
  readonly pluginCache: PluginCache | undefined;
  /** Variables of the runner's own environment that runs get too. */
  readonly passedEnvironment: Readonly<Record<string, string>>;
  /** PEM. */
  readonly caBundle: string;
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
  /** The environment that the job asks for, with the credentials that it came with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every command of the engine is started by it. */
  readonly confinement: Confinement;
  readonly api: ApiClient;
  readonly settings: JobSettings;
  readonly stop: StopControl;
  /** Aborts when the lease is lost: what is reported outlives an interrupt, but not this. */
  readonly leaseLost: AbortSignal;
  readonly log: {
    readonly write: (bytes: Buffer | string) => Promise<void> | undefined;
    /** Hides another secret in what is written from now on. */
    readonly mask: (secret: string) => void;
  };
  readonly logger: Logger;
}
