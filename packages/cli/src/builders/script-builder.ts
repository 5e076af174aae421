import { CommandError } from "../command-line/command.ts";
import type { BuildDefinition } from "./build-definition.ts";
import { describeInputs, type Builder, type BuildInputs, type BuildOutcome } from "./builder.ts";
import { ingotManifestFileName } from "./ingot-manifest.ts";
import { readIngotManifest } from "./read-ingot-manifest.ts";
import { runProcess, type ProcessResult } from "./run-process.ts";

/** Builds with any program that leaves an ingot-manifest.json in its output directory. */
export function createScriptBuilder(directory: string, definition: BuildDefinition): Builder {
  const { script, bucket } = definition;
  if (script === undefined) {
    throw new CommandError(
      `${directory} has no \`script\` in its ingot-build.yaml. Add one, or build with --builder packer.`,
    );
  }
  const components = script.components ?? [`script.${bucket}`];
  return {
    name: "script",
    // No template that Packer would know.
    templateType: "TEMPLATE_TYPE_UNSET",
    version: undefined,
    listComponents: async () => components,
    async build(inputs) {
      const [program = "", ...args] = script.command;
      const result = await runProcess({
        program,
        args,
        directory,
        environment: { ...inputs.environment, ...scriptVariables(inputs) },
        signal: inputs.signal,
        onLine: inputs.onLine,
      }).catch((error: Error) => {
        throw new CommandError(`${script.command.join(" ")} cannot be started: ${error.message}.`);
      });
      return outcomeOf(result, script.command.join(" "), inputs);
    },
  };
}

function scriptVariables(inputs: BuildInputs): Record<string, string> {
  const given = Object.entries(describeInputs(inputs)).map(([name, value]) => [`INGOT_${name.toUpperCase()}`, value]);
  const variables = Object.entries(inputs.variables).map(([name, value]) => [`INGOT_VAR_${name}`, value]);
  return Object.fromEntries([...given, ...variables, ["INGOT_COMPONENTS", inputs.components.join(",")]]);
}

async function outcomeOf(result: ProcessResult, command: string, inputs: BuildInputs): Promise<BuildOutcome> {
  if (result.exitCode !== 0) {
    return { images: [], problem: `\`${command}\` ended with ${describeEnd(result)}.` };
  }
  const images = await readIngotManifest(inputs.outputDirectory);
  if (images === undefined) {
    return { images: [], problem: `\`${command}\` wrote no ${ingotManifestFileName} into INGOT_OUTPUT_DIR.` };
  }
  return { images, problem: undefined };
}

export function describeEnd(result: ProcessResult): string {
  return result.signal === null ? `exit status ${result.exitCode}` : `signal ${result.signal}`;
}
