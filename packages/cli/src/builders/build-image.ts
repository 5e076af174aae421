import { randomUUID } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { CommandError, type Environment } from "../command-line/command.ts";
import { publishVersion, type PublishedVersion } from "../registry/publish-version.ts";
import type { RegistryClient } from "../registry/registry-client.ts";
import type { RegistryVersion } from "../registry/registry-types.ts";
import type { BuildReport } from "../registry/report-build.ts";
import type { BuildDefinition } from "./build-definition.ts";
import { collectBuildMetadata, type BuildMetadata } from "./build-metadata.ts";
import type { Builder, BuildOutcome, BuiltImage, ParentImage } from "./builder.ts";
import { findParentImage } from "./find-parent-image.ts";

export interface BuildRequest {
  readonly registry: RegistryClient;
  readonly builder: Builder;
  readonly definition: BuildDefinition;
  readonly directory: string;
  /** Made when missing; must be empty. */
  readonly outputDirectory: string;
  readonly fingerprint: string;
  /** Over those of the definition. */
  readonly variables: Readonly<Record<string, string>>;
  /** Moved to the version once it is complete. */
  readonly channels: readonly string[];
  /** Build although the registry demands provisioners that this builder cannot add. */
  readonly skipEnforcement: boolean;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** One line about what is going on. */
  readonly tell: (line: string) => void;
  /** One line of the builder's own output. */
  readonly onLine: (line: string) => void;
}

/**
 * Builds the image of one template directory and publishes it, with the registry calls that stock Packer makes. Registers
 * first and reports every end: a failure leaves BUILD_FAILED, an abort BUILD_CANCELLED. Returns the complete version.
 * Throws CommandError when it did not come to that; the same fingerprint resumes it.
 */
export async function buildImage(request: BuildRequest): Promise<RegistryVersion> {
  const { registry, builder, definition, fingerprint } = request;
  const parent = definition.parent && (await findParentImage(registry, definition.parent));
  if (parent !== undefined) {
    request.tell(
      `on ${parent.bucket} ${parent.versionName} (${parent.identifier}), from its channel ${parent.channel}`,
    );
  }
  const variables = { ...definition.variables, ...request.variables };
  const components = await builder.listComponents(variables);
  await makeEmptyDirectory(request.outputDirectory);
  const published = await publishVersion(
    registry,
    {
      bucket: definition.bucket,
      description: definition.description ?? "",
      bucketLabels: definition.labels ?? {},
      fingerprint,
      templateType: builder.templateType,
      components,
      runId: randomUUID(),
    },
    { onHeartbeatError: (error) => request.tell(`the heartbeat failed: ${(error as Error).message}`) },
  );
  checkEnforcement(published, request);
  request.tell(`registered ${definition.bucket} ${fingerprint}: ${components.join(", ")}`);

  const results = await runBuilder(request, published.pending, { variables, components, parent });
  if (results.problems.length > 0) {
    const resume = `Resume with --fingerprint ${fingerprint}.`;
    throw new CommandError(`${definition.bucket} was not built. ${results.problems.join(" ")} ${resume}`);
  }
  const version = await registry.getVersion(definition.bucket, fingerprint);
  for (const channel of request.channels) {
    await registry.assignChannel(definition.bucket, channel, fingerprint);
    request.tell(`the channel ${channel} of ${definition.bucket} holds ${version.name} now`);
  }
  return version;
}

async function makeEmptyDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) {
    throw new CommandError(
      `The output directory ${directory} is not empty. Empty it, or name another with --output-dir.`,
    );
  }
}

/** Stock Packer runs enforced provisioners inside the build; nobody but it can. */
function checkEnforcement(published: PublishedVersion, request: BuildRequest): void {
  if (published.enforcedBlocks.length === 0) return;
  const names = published.enforcedBlocks.map((block) => block.name ?? "unnamed").join(", ");
  const { bucket } = request.definition;
  if (!request.skipEnforcement) {
    throw new CommandError(
      `The registry enforces provisioners on ${bucket} (${names}), which \`ingot build\` cannot run. Build with packer 1.15.2 or newer directly, or say --skip-enforcement.`,
    );
  }
  request.tell(`enforced provisioners are left out, as asked: ${names}`);
}

interface Inputs {
  readonly variables: Readonly<Record<string, string>>;
  readonly components: readonly string[];
  readonly parent: ParentImage | undefined;
}

async function runBuilder(
  request: BuildRequest,
  reports: readonly BuildReport[],
  inputs: Inputs,
): Promise<{ problems: readonly string[] }> {
  if (reports.length === 0) return { problems: [] };
  for (const report of reports) await report.begin();
  let outcome: BuildOutcome;
  let metadata: BuildMetadata;
  try {
    metadata = await collectBuildMetadata({
      builder: request.builder,
      directory: request.directory,
      variableNames: Object.keys(inputs.variables),
      environment: request.environment,
    });
    outcome = await request.builder.build({
      ...inputs,
      fingerprint: request.fingerprint,
      outputDirectory: request.outputDirectory,
      environment: request.environment,
      signal: request.signal,
      onLine: request.onLine,
    });
  } catch (error) {
    outcome = { images: [], problem: (error as Error).message };
    metadata = { metadata: {}, gitSha: undefined };
  }
  const problems = outcome.problem === undefined ? [] : [outcome.problem];
  for (const report of reports) {
    const problem = await finish(request, report, outcome, { metadata, parent: inputs.parent });
    if (problem !== undefined) problems.push(problem);
  }
  return { problems };
}

/** Sends the last word about one component; returns what went wrong with it, in a sentence. */
async function finish(
  request: BuildRequest,
  report: BuildReport,
  outcome: BuildOutcome,
  context: { readonly metadata: BuildMetadata; readonly parent: ParentImage | undefined },
): Promise<string | undefined> {
  const image = outcome.images.find((i) => i.component === report.component);
  try {
    if (request.signal.aborted) {
      await report.cancel();
      return `${report.component} was cancelled.`;
    }
    if (image === undefined) {
      await report.fail();
      return outcome.problem === undefined ? `The builder made nothing for ${report.component}.` : undefined;
    }
    const platform = image.platform ?? request.definition.platform;
    if (platform === undefined) {
      await report.fail();
      return `Nothing says the platform of ${report.component}; set \`platform\` in ingot-build.yaml.`;
    }
    await report.complete({ platform, ...describeFinished(request, image, context) });
    for (const artifact of image.artifacts) {
      request.tell(`built ${report.component}: ${artifact.external_identifier} (${platform}, ${artifact.region})`);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function describeFinished(
  request: BuildRequest,
  image: BuiltImage,
  context: { readonly metadata: BuildMetadata; readonly parent: ParentImage | undefined },
) {
  const { parent } = context;
  const { gitSha, metadata } = context.metadata;
  const source = image.sourceExternalIdentifier ?? parent?.identifier;
  return {
    artifacts: image.artifacts,
    labels: {
      ...request.definition.build_labels,
      ...image.labels,
      ...(gitSha === undefined ? {} : { git_sha: gitSha }),
    },
    ...(source === undefined ? {} : { sourceExternalIdentifier: source }),
    // Parents are recorded only for the image that was really built on. Source: packer types.bucket.go.
    ...(parent !== undefined && source === parent.identifier
      ? { parent: { versionId: parent.versionId, channelId: parent.channelId } }
      : {}),
    metadata,
  };
}
