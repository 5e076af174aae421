import { resolve } from "node:path";
import { UsageError } from "../command-line/command.ts";
import { flagSwitch, flagText, parseFlags, type Flag } from "../command-line/parse-flags.ts";

export const demoFlags: readonly Flag[] = [
  { name: "exit", kind: "switch", description: "end when the story is told, instead of staying up to look around" },
  {
    name: "data-dir",
    kind: "text",
    placeholder: "DIR",
    description: "keep everything that is made here; must be empty or missing (default: a directory that is removed)",
  },
  { name: "builder", kind: "text", placeholder: "auto|packer|script", description: "what builds the images" },
  { name: "color", kind: "switch", description: "colours, also when the output is no terminal; --no-color for none" },
];

export interface DemoOptions {
  readonly exit: boolean;
  /** Absolute; undefined: a temporary one. */
  readonly dataDir: string | undefined;
  readonly builder: string;
  /** Undefined: when the output is a terminal. */
  readonly color: boolean | undefined;
}

export function readDemoOptions(args: readonly string[], workingDirectory: string): DemoOptions {
  const parsed = parseFlags(demoFlags, args);
  if (parsed.positionals.length > 0) throw new UsageError("The demo takes flags only.");
  const builder = flagText(parsed, "builder") ?? "auto";
  if (!["auto", "packer", "script"].includes(builder)) {
    throw new UsageError(`--builder was given ${JSON.stringify(builder)}. Allowed: auto, packer, script.`);
  }
  const dataDir = flagText(parsed, "data-dir");
  return {
    exit: flagSwitch(parsed, "exit"),
    dataDir: dataDir === undefined ? undefined : resolve(workingDirectory, dataDir),
    builder,
    color: parsed.values.has("color") ? flagSwitch(parsed, "color") : undefined,
  };
}
