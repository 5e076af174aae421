import type { DomainError } from "@ingot/server";
import { CommandError, UsageError, type CommandCall, type CommandEntry } from "./command.ts";

/** Finds the command, runs it and turns every refusal into one readable message. Returns the exit status. */
export async function runCommandLine(commands: readonly CommandEntry[], call: CommandCall): Promise<number> {
  try {
    const [name, ...args] = call.args;
    if (name === undefined || name === "help" || name === "--help" || name === "-h") {
      call.print(args[0] === undefined ? listCommands(commands) : (await findCommand(commands, args[0]).load()).help());
      return 0;
    }
    const command = await findCommand(commands, name === "--version" ? "version" : name).load();
    if (asksForHelp(args)) {
      call.print(command.help());
      return 0;
    }
    return await command.run({ ...call, args });
  } catch (error) {
    return explain(error, call);
  }
}

function asksForHelp(args: readonly string[]): boolean {
  const flags = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  return flags.includes("--help") || flags.includes("-h");
}

function findCommand(commands: readonly CommandEntry[], name: string): CommandEntry {
  const command = commands.find((c) => c.name === name);
  if (command !== undefined) return command;
  const known = [...commands.map((c) => c.name), "help"].join(", ");
  throw new UsageError(`${JSON.stringify(name)} is not a command. Known commands: ${known}.`);
}

function listCommands(commands: readonly CommandEntry[]): string {
  const longest = Math.max(...commands.map((c) => c.name.length));
  return [
    "Usage: ingot COMMAND [FLAGS]",
    "",
    "Ingot is a self-hosted control plane for golden images.",
    "",
    "Commands:",
    ...commands.map((c) => `  ${c.name.padEnd(longest)}  ${c.summary}`),
    "",
    "`ingot COMMAND --help` explains one of them.",
  ].join("\n");
}

function explain(error: unknown, call: CommandCall): number {
  if (error instanceof UsageError || refusalOfServer(error)?.kind === "invalid") {
    call.report(`ingot: ${(error as Error).message}`);
    return 2;
  }
  if (error instanceof CommandError || refusalOfServer(error) !== undefined) {
    call.report(`ingot: ${(error as Error).message}`);
    return 1;
  }
  call.report(`ingot: unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 1;
}

/** By its name: to import the class would be to load the whole server for every command. */
function refusalOfServer(error: unknown): DomainError | undefined {
  return error instanceof Error && error.name === "DomainError" ? (error as DomainError) : undefined;
}
