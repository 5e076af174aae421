import { UsageError, type Environment } from "../command-line/command.ts";
import type { BuildDefinition } from "./build-definition.ts";
import type { Builder } from "./builder.ts";
import { findExecutable } from "./find-executable.ts";
import { createPackerBuilder } from "./packer-builder.ts";
import { createScriptBuilder } from "./script-builder.ts";

/** The builder asked for. `auto`: packer when it is on PATH and the definition has a template, else the script. */
export async function chooseBuilder(options: {
  readonly asked: string;
  readonly directory: string;
  readonly definition: BuildDefinition;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}): Promise<Builder> {
  const { asked, directory, definition, environment, signal } = options;
  if (asked !== "auto" && asked !== "packer" && asked !== "script") {
    throw new UsageError(`--builder was given ${JSON.stringify(asked)}. Allowed: auto, packer, script.`);
  }
  if (asked === "script") return createScriptBuilder(directory, definition);
  const program = await findExecutable("packer", environment["PATH"]);
  if (program !== undefined && (asked === "packer" || definition.packer !== undefined)) {
    return createPackerBuilder({ program, directory, definition, environment, signal });
  }
  if (asked === "packer") throw new UsageError("packer is not on PATH. Install it, or build with --builder script.");
  return createScriptBuilder(directory, definition);
}
