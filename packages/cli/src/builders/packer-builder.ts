import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../command-line/command.ts";
import type { BuildDefinition } from "./build-definition.ts";
import { describeInputs, type Builder, type BuildInputs, type BuiltImage } from "./builder.ts";
import { ingotManifestFileName } from "./ingot-manifest.ts";
import { packerManifestFileName, parsePackerManifest } from "./packer-manifest.ts";
import { readIngotManifest } from "./read-ingot-manifest.ts";
import { runProcess } from "./run-process.ts";
import { describeEnd } from "./script-builder.ts";

/**
 * Builds an HCL2 template with any Packer from 1.6 on. Packer's own registry mode is off, which most of these versions do
 * not have: what was built is read from its manifest, and registered by the caller.
 */
export async function createPackerBuilder(options: {
  readonly program: string;
  readonly directory: string;
  readonly definition: BuildDefinition;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}): Promise<Builder> {
  const { directory, definition, program, signal } = options;
  if (definition.packer === undefined) {
    throw new CommandError(
      `${directory} has no \`packer\` in its ingot-build.yaml. Add one, or build with --builder script.`,
    );
  }
  const { template } = definition.packer;
  const environment = {
    ...options.environment,
    HCP_PACKER_REGISTRY: "off",
    CHECKPOINT_DISABLE: "1",
  };

  const ask = async (args: readonly string[]): Promise<string> => {
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.push(line);
    const result = await runProcess({
      program,
      args,
      directory,
      environment: { ...environment, ...nothingYet },
      signal,
      onLine,
    });
    if (result.exitCode !== 0) {
      throw new CommandError(`\`packer ${args.join(" ")}\` ended with ${describeEnd(result)}:\n${lines.join("\n")}`);
    }
    return lines.join("\n");
  };

  return {
    name: "packer",
    templateType: "HCL2",
    version: /Packer v(\S+)/.exec(await ask(["version"]))?.[1],
    async listComponents(variables) {
      const components = parseSources(await ask(["inspect", ...variableArguments(variables), template]));
      if (components.length > 0) return components;
      throw new CommandError(
        `\`packer inspect ${template}\` in ${directory} shows no sources. Is it an HCL2 template with a build block?`,
      );
    },
    async build(inputs) {
      const args = ["build", "-color=false", ...variableArguments(inputs.variables), template];
      const result = await runProcess({
        program,
        args,
        directory,
        environment: { ...environment, ...packerVariables(inputs) },
        signal,
        onLine: inputs.onLine,
      });
      const images = await readResults(inputs.outputDirectory);
      if (result.exitCode !== 0) return { images: images ?? [], problem: `packer ended with ${describeEnd(result)}.` };
      if (images !== undefined) return { images, problem: undefined };
      return {
        images: [],
        problem: `The template wrote neither ${packerManifestFileName} nor ${ingotManifestFileName} into var.ingot_output_dir. Give it a \`manifest\` post-processor with output = "\${var.ingot_output_dir}/${packerManifestFileName}".`,
      };
    },
  };
}

// Questions are asked before the inputs are known, and some versions refuse them while a variable has no value.
const nothingYet = packerVariables({ outputDirectory: "", fingerprint: "", parent: undefined });

/** Through the environment, since packer refuses a `-var` that the template does not declare. */
function packerVariables(
  inputs: Pick<BuildInputs, "outputDirectory" | "fingerprint" | "parent">,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(describeInputs(inputs)).map(([name, value]) => [`PKR_VAR_ingot_${name}`, value]),
  );
}

/** What the caller named himself is a mistake when the template does not know it. */
function variableArguments(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).flatMap(([name, value]) => ["-var", `${name}=${value}`]);
}

/** An ingot-manifest.json wins: builders such as `null` and `file` have no identity that packer could write down. */
async function readResults(outputDirectory: string): Promise<readonly BuiltImage[] | undefined> {
  const written = await readIngotManifest(outputDirectory);
  if (written !== undefined) return written;
  const file = join(outputDirectory, packerManifestFileName);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : parsePackerManifest(text, file);
}

/** The `sources:` paragraphs of `packer inspect`, in every build block. Source: packer hcl2template/types.packer_config.go. */
export function parseSources(inspected: string): readonly string[] {
  const sources = new Set<string>();
  let indent: number | undefined;
  for (const line of inspected.split("\n")) {
    const text = line.trim();
    if (text === "") continue;
    const depth = line.length - line.trimStart().length;
    if (text === "sources:") indent = depth;
    else if (indent !== undefined && depth <= indent) indent = undefined;
    else if (indent !== undefined && /^[A-Za-z0-9_-]+\.\S+$/.test(text)) sources.add(text);
  }
  return [...sources];
}
