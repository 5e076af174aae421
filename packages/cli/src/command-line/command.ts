export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything a command may touch from outside, so that a test can stand in for the terminal. */
export interface CommandCall {
  /** What follows the command's name. */
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly workingDirectory: string;
  /** One line for the caller's pipe or eyes, on standard output. */
  readonly print: (line: string) => void;
  /** One line about what is going on, on standard error. */
  readonly report: (line: string) => void;
  /** Hears SIGINT and SIGTERM instead of ending the process; returns how to stop listening. */
  readonly onStop: (listener: (signal: NodeJS.Signals) => void) => () => void;
}

export interface Command {
  help(): string;
  /** Returns the exit status. Throws UsageError and CommandError for what the caller can mend. */
  run(call: CommandCall): Promise<number>;
}

/** A command before its code is read: most of them have no use for the server's. */
export interface CommandEntry {
  readonly name: string;
  /** One line in the list of commands. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** The command line or a setting is wrong; nothing was done. Exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command was understood but could not do its work; the message says what to do next. Exit status 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
