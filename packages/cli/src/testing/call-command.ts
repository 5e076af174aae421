import { commands } from "../commands/index.ts";
import { runCommandLine } from "../command-line/run-command-line.ts";

export interface CommandResult {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `ingot …` in this process with an environment of its own. */
export async function callCommand(
  args: readonly string[],
  options: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly workingDirectory?: string;
    /** Is handed what a signal would call. */
    readonly onStop?: (listener: (signal: NodeJS.Signals) => void) => void;
  } = {},
): Promise<CommandResult> {
  const out: string[] = [];
  const err: string[] = [];
  const status = await runCommandLine(commands, {
    args,
    environment: { PATH: process.env["PATH"] ?? "", ...options.environment },
    workingDirectory: options.workingDirectory ?? process.cwd(),
    print: (line) => void out.push(line),
    report: (line) => void err.push(line),
    onStop: (listener) => {
      options.onStop?.(listener);
      return () => undefined;
    },
  });
  return { status, out: out.join("\n"), err: err.join("\n") };
}
