import type { Controller } from "./cgroups.ts";
import { findProgram } from "./find-program.ts";
import { IsolationUnavailable, type ConfinedCommand, type IsolationOptions } from "./confinement.ts";

/**
 * Starts commands under the limits, by `prlimit` of util-linux. A core file of an engine would hold its secrets, so there
 * are none. Throws IsolationUnavailable when limits are asked for and there is no `prlimit`.
 */
export async function findLimiter(
  options: Pick<IsolationOptions, "path" | "limits">,
  /** What control groups see to. */
  enforced: readonly Controller[] = [],
): Promise<(command: ConfinedCommand) => ConfinedCommand> {
  const { memoryBytesMax, processesMax, fileBytesMax, cpusMax } = options.limits;
  if (cpusMax !== undefined && !enforced.includes("cpu")) {
    throw new IsolationUnavailable(
      "A limit of processors was asked for, which takes a control group with the controller cpu: run this as a service with Delegate=yes, or name a group.",
    );
  }
  const program = await findProgram("prlimit", options.path);
  const flags = [
    "--core=0",
    ...(memoryBytesMax === undefined || enforced.includes("memory") ? [] : [`--as=${memoryBytesMax}`]),
    ...(processesMax === undefined || enforced.includes("pids") ? [] : [`--nproc=${processesMax}`]),
    ...(fileBytesMax === undefined ? [] : [`--fsize=${fileBytesMax}`]),
  ];
  if (program !== undefined) {
    return (command) => ({ ...command, command: program, args: [...flags, "--", command.command, ...command.args] });
  }
  if (flags.length > 1) {
    throw new IsolationUnavailable("Limits were asked for, and there is no prlimit on PATH: install util-linux.");
  }
  return (command) => command;
}
