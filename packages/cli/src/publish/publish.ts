import { randomUUID } from "node:crypto";
import { CommandError } from "../command-line/command.ts";
import { findVersion, promoteVersion } from "../registry/promote-version.ts";
import { publishVersion } from "../registry/publish-version.ts";
import { RegistryError, rpc, type RegistryClient } from "../registry/registry-client.ts";
import type { RegistryVersion, SbomUpload } from "../registry/registry-types.ts";
import type { BuildReport } from "../registry/report-build.ts";
import { fingerprintOf, sortedArtifacts, type Parent, type Publication, type PublishedBuild } from "./publication.ts";
import { readSbomFile } from "./read-sbom-file.ts";

export interface PublishOptions {
  readonly registry: RegistryClient;
  readonly publication: Publication;
  /** The objects `vcs` and `cicd`, where they are known. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tell: (line: string) => void;
}

interface ParentIds {
  readonly versionId: string;
  readonly channelId: string | undefined;
}

/**
 * Registers a version that is built already, with everything that belongs to it, and moves channels to it. Doing it again
 * changes nothing; after a failure it goes on where it stopped. Throws CommandError.
 */
export async function publish({ registry, publication, metadata, tell }: PublishOptions): Promise<RegistryVersion> {
  const { bucket, builds } = publication;
  const fingerprint = publication.fingerprint ?? fingerprintOf(publication);
  const known = await findKnown(registry, bucket, fingerprint);
  if (known !== undefined) checkSame(known, publication);
  if (known !== undefined && known.name !== "v0") {
    tell(`${known.name} (${fingerprint}) is published already`);
  } else {
    // Everything that can be wrong is found before the registry hears of a version.
    const sboms = new Map<string, readonly SbomUpload[]>();
    const parents = new Map<string, ParentIds>();
    for (const build of builds) {
      sboms.set(build.component, await readSboms(build));
      if (build.parent !== undefined) parents.set(build.component, await findParent(registry, build.parent));
    }
    const { pending, enforcedBlocks } = await publishVersion(registry, {
      bucket,
      description: publication.description,
      bucketLabels: publication.bucketLabels,
      fingerprint,
      templateType: "TEMPLATE_TYPE_UNSET",
      components: builds.map((build) => build.component),
      runId: randomUUID(),
    });
    if (enforcedBlocks.length > 0) {
      tell(
        `the registry enforces ${enforcedBlocks.length} provisioner block(s) on ${bucket}; what another tool has built lacks them`,
      );
    }
    for (const report of pending) {
      const build = builds.find((one) => one.component === report.component) as PublishedBuild;
      const parent = parents.get(build.component);
      await publishBuild(report, build, {
        parent,
        metadata,
        uploadSboms: async () => {
          for (const sbom of sboms.get(build.component) ?? []) {
            await registry.uploadSbom(bucket, fingerprint, report.id, sbom);
          }
        },
      });
      tell(`${build.component}: ${build.artifacts.length} artifact(s), ${build.sboms.length} SBOM(s)`);
    }
  }
  const version = await registry.getVersion(bucket, fingerprint);
  if (version.name === "v0") {
    const open = (version.builds ?? []).filter((build) => build.status !== "BUILD_DONE");
    throw new CommandError(
      `The version ${fingerprint} of ${bucket} is not complete: it waits for ${open.map((build) => build.component_type).join(", ")}. Publish these with the same fingerprint.`,
    );
  }
  for (const channel of publication.channels) {
    await promoteVersion(registry, { bucket, channel, fingerprint });
    tell(`channel ${channel} holds ${version.name}`);
  }
  return version;
}

async function readSboms(build: PublishedBuild): Promise<readonly SbomUpload[]> {
  const sboms: SbomUpload[] = [];
  for (const file of build.sboms) sboms.push(await readSbomFile(file));
  const names = sboms.flatMap((sbom) => sbom.name ?? []);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new CommandError(`Two SBOMs of ${build.component} would be called ${twice}. Name their files otherwise.`);
  }
  return sboms;
}

/** Undefined when there is no such version, or no such bucket. */
async function findKnown(
  registry: RegistryClient,
  bucket: string,
  fingerprint: string,
): Promise<RegistryVersion | undefined> {
  return registry.getVersion(bucket, fingerprint).catch((error: unknown) => {
    const missing: readonly (number | undefined)[] = [rpc.aborted, rpc.notFound];
    if (error instanceof RegistryError && missing.includes(error.code)) return undefined;
    throw error;
  });
}

/** What is done is the same as what is to be published, and of a complete version everything is done. */
function checkSame(version: RegistryVersion, { bucket, builds }: Publication): void {
  const done = (version.builds ?? []).filter((build) => build.status === "BUILD_DONE");
  for (const build of builds) {
    const other = done.find((one) => one.component_type === build.component);
    if (other === undefined && version.name === "v0") continue;
    const held = [other?.platform ?? "", sortedArtifacts(other?.artifacts ?? [])];
    if (JSON.stringify(held) === JSON.stringify([build.platform, sortedArtifacts(build.artifacts)])) continue;
    throw new CommandError(
      `The version ${version.fingerprint} of ${bucket} has something else for ${build.component}, and what is done never changes. Publish with another fingerprint.`,
    );
  }
}

async function findParent(registry: RegistryClient, parent: Parent): Promise<ParentIds> {
  if ("version" in parent) {
    const version = await findVersion(registry, parent.bucket, parent.version);
    checkGood(version, `${parent.bucket} ${parent.version}`);
    return { versionId: version.id, channelId: undefined };
  }
  const channel = await registry.getChannel(parent.bucket, parent.channel);
  const name = `channel ${parent.channel} of ${parent.bucket}`;
  if (channel.version == null) throw new CommandError(`The ${name} holds no version. Assign one first.`);
  checkGood(channel.version, `${channel.version.name} in the ${name}`);
  return { versionId: channel.version.id, channelId: channel.id };
}

function checkGood(version: RegistryVersion, what: string): void {
  if (version.status !== "VERSION_REVOKED") return;
  const reason = version.revocation_message ? `: ${version.revocation_message}` : "";
  throw new CommandError(`The parent ${what} is revoked${reason}. Build on another version.`);
}

async function publishBuild(
  report: BuildReport,
  build: PublishedBuild,
  context: {
    readonly parent: ParentIds | undefined;
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly uploadSboms: () => Promise<void>;
  },
): Promise<void> {
  await report.begin();
  try {
    await context.uploadSboms();
  } catch (error) {
    await report.fail().catch(() => undefined);
    throw error;
  }
  await report.complete({
    platform: build.platform,
    artifacts: build.artifacts,
    labels: build.labels,
    metadata: context.metadata,
    ...(build.sourceExternalIdentifier === undefined
      ? {}
      : { sourceExternalIdentifier: build.sourceExternalIdentifier }),
    ...(context.parent === undefined ? {} : { parent: context.parent }),
  });
}
