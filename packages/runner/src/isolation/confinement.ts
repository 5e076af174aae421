import type { Engine } from "../engines/find-engines.ts";
import type { JobDirectory } from "../work/job-directory.ts";

/**
 * How far an engine is kept from what is not its run's: `bubblewrap` shows it a file system with nothing else in it and
 * its own processes only; `users` runs it as a user of its own; `none` runs it as the runner's user. See ADR 22.
 */
export const isolationLevels = ["bubblewrap", "users", "none"] as const;
export type IsolationLevel = (typeof isolationLevels)[number];

/** A command as a run wants it. */
export interface EngineCommand {
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** The same command as it is started. */
export interface ConfinedCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Undefined: the command changes to it by itself. */
  readonly cwd: string | undefined;
  readonly uid?: number;
  /**
   * The command writes one line of JSON with `child-pid`, the leader of the engine's process group, to descriptor 3, and is
   * not itself a part of that group.
   */
  readonly reportsPid?: boolean;
}

/** One job's walls. */
export interface Confinement {
  /** Called once, when everything the engine needs is in the directory and before its first command. */
  handOver(): Promise<void>;
  confine(command: EngineCommand): ConfinedCommand;
  /** Ends whatever the job has left running. */
  leave(): Promise<void>;
}

export interface Isolation {
  readonly level: IsolationLevel;
  /** How the limits are enforced, for the log. */
  readonly limitedBy?: string;
  enter(directory: JobDirectory): Promise<Confinement>;
}

export interface ResourceLimits {
  /** Of the run as a whole where it has a control group, else of the address space of each process. */
  readonly memoryBytesMax?: number | undefined;
  readonly processesMax?: number | undefined;
  /** How many processors' time the run gets, such as 1.5. Only where it has a control group. */
  readonly cpusMax?: number | undefined;
  /** Of each file that it writes. */
  readonly fileBytesMax?: number | undefined;
}

export interface IsolationOptions {
  /** `auto` takes the strongest that works here. */
  readonly wish: IsolationLevel | "auto";
  /** Directories as in $PATH. */
  readonly path: string;
  readonly workDir: string;
  readonly engines: readonly Engine[];
  /** What engines may read besides the system's programs: mirrors, caches, tools. */
  readonly readable: readonly string[];
  /** The first of the user ids that `users` takes, one for each job at a time. */
  readonly firstUserId: number;
  readonly limits: ResourceLimits;
  /** See {@link findCgroups}; default `off`. */
  readonly cgroup?: string;
}

/** The wished level does not work on this machine. */
export class IsolationUnavailable extends Error {}

/** One level, or why it does not work here. */
export type FoundIsolation = Isolation | { readonly missing: string };
