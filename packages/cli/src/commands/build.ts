import { resolve } from "node:path";
import { ulid } from "ulid";
import { buildImage } from "../builders/build-image.ts";
import { readBuildDefinition, type BuildDefinition } from "../builders/build-definition.ts";
import { chooseBuilder } from "../builders/choose-builder.ts";
import { UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import { flagSwitch, flagText, flagTexts, parseFlags, type Flag } from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import { findConnection } from "../connection/connection.ts";
import { createHttpClient } from "../connection/http-client.ts";
import { createRegistryClient } from "../registry/registry-client.ts";

const flags: readonly Flag[] = [
  {
    name: "builder",
    kind: "text",
    placeholder: "auto|packer|script",
    description: "what builds; auto takes packer when it is on PATH and the template has it, else the script",
  },
  { name: "bucket", kind: "text", placeholder: "NAME", description: "instead of the bucket in ingot-build.yaml" },
  {
    name: "channel",
    kind: "text",
    repeats: true,
    placeholder: "NAME",
    description: "a channel to move to the new version once it is complete",
  },
  {
    name: "var",
    kind: "text",
    repeats: true,
    placeholder: "NAME=VALUE",
    description: "an input of the template, instead of its default",
  },
  {
    name: "fingerprint",
    kind: "text",
    placeholder: "TEXT",
    description:
      "of the version; give that of an unfinished one to resume it (HCP_PACKER_BUILD_FINGERPRINT; default: a new one)",
  },
  {
    name: "output-dir",
    kind: "text",
    placeholder: "DIR",
    description: "where the builder writes; must be empty (default ingot-images/<bucket>/<fingerprint>)",
  },
  { name: "skip-enforcement", kind: "switch", description: "build although the registry enforces provisioners" },
  { name: "json", kind: "switch", description: "print the complete version as JSON instead of a line" },
  ...bootstrapFlags,
];

export const buildCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot build [FLAGS] DIR",
      text:
        "Builds the image that DIR/ingot-build.yaml describes, with packer or with a script, and publishes it with the " +
        "registry calls that stock Packer makes. The server is the one of --bootstrap-file or --data-dir, else that of the " +
        "HCP_* variables, which `ingot env` prints.",
      flags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  const [given, another] = parsed.positionals;
  if (given === undefined || another !== undefined) {
    throw new UsageError("ingot build takes one DIR, the directory that holds ingot-build.yaml.");
  }
  const directory = resolve(call.workingDirectory, given);
  const definition = withBucket(await readBuildDefinition(directory), flagText(parsed, "bucket"));
  const fingerprint = flagText(parsed, "fingerprint") ?? call.environment["HCP_PACKER_BUILD_FINGERPRINT"] ?? ulid();
  const outputDirectory = resolve(
    call.workingDirectory,
    flagText(parsed, "output-dir") ?? `ingot-images/${definition.bucket}/${fingerprint}`,
  );
  const connection = await findConnection({
    flags: parsed,
    environment: call.environment,
    workingDirectory: call.workingDirectory,
  });

  const abort = new AbortController();
  const ignore = call.onStop((signal) => {
    if (abort.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    call.report(`ingot: ${signal}: stopping the build; once more ends at once`);
    abort.abort();
  });
  const http = createHttpClient(connection.ca);
  try {
    const builder = await chooseBuilder({
      asked: flagText(parsed, "builder") ?? "auto",
      directory,
      definition,
      environment: call.environment,
      signal: abort.signal,
    });
    call.report(
      `${definition.bucket}: building with ${builder.name}${builder.version === undefined ? "" : ` ${builder.version}`}`,
    );
    const version = await buildImage({
      registry: createRegistryClient(http, connection),
      builder,
      definition,
      directory,
      outputDirectory,
      fingerprint,
      variables: parseVariables(flagTexts(parsed, "var")),
      channels: flagTexts(parsed, "channel"),
      skipEnforcement: flagSwitch(parsed, "skip-enforcement"),
      environment: call.environment,
      signal: abort.signal,
      tell: (line) => call.report(`${definition.bucket}: ${line}`),
      onLine: (line) => call.report(`  ${line}`),
    });
    call.print(
      flagSwitch(parsed, "json")
        ? JSON.stringify(version, null, 2)
        : `${definition.bucket} ${version.name} ${version.fingerprint}`,
    );
    return 0;
  } finally {
    ignore();
    await http.close();
  }
}

function withBucket(definition: BuildDefinition, bucket: string | undefined): BuildDefinition {
  return bucket === undefined ? definition : { ...definition, bucket };
}

function parseVariables(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf("=");
      if (equals <= 0) throw new UsageError(`--var was given ${JSON.stringify(text)}. Allowed: NAME=VALUE.`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}
