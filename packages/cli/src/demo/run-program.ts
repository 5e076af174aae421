import { appendFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { runProcess } from "../builders/run-process.ts";
import { describeEnd } from "../builders/script-builder.ts";
import { CommandError } from "../command-line/command.ts";

export interface ProgramResult {
  readonly succeeded: boolean;
  /** Everything it printed, without colours. */
  readonly output: string;
}

/**
 * Runs a program, keeps all it prints in a log file, and hands every line on. A failure throws CommandError unless it is
 * expected.
 */
export async function runProgram(options: {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly signal: AbortSignal;
  readonly mayFail?: boolean;
  readonly onLine: (line: string) => void;
}): Promise<ProgramResult> {
  const lines: string[] = [];
  const result = await runProcess({
    ...options,
    onLine: (line) => {
      const plain = stripVTControlCharacters(line);
      lines.push(plain);
      options.onLine(plain);
    },
  });
  const output = lines.join("\n");
  await appendFile(options.logFile, `$ ${options.program} ${options.args.join(" ")}\n${output}\n\n`);
  if (options.signal.aborted) throw new CommandError("The demo was stopped.");
  const succeeded = result.exitCode === 0;
  if (!succeeded && options.mayFail !== true) {
    throw new CommandError(
      `${options.program} ${options.args.join(" ")} ended with ${describeEnd(result)}. Its last words:\n${lines.slice(-25).join("\n")}`,
    );
  }
  return { succeeded, output };
}
