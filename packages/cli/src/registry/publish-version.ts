import { CommandError } from "../command-line/command.ts";
import { RegistryError, rpc, type RegistryClient } from "./registry-client.ts";
import type { EnforcedBlock, RegistryBuild, RegistryVersion, TemplateType } from "./registry-types.ts";
import { reportBuild, type BuildReport } from "./report-build.ts";

export interface VersionToPublish {
  readonly bucket: string;
  readonly description: string;
  readonly bucketLabels: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly templateType: TemplateType;
  /** Every component of the template: the version is complete when each has a finished build. */
  readonly components: readonly string[];
  /** Joins the builds of one run. */
  readonly runId: string;
}

export interface PublishedVersion {
  /** The builds still to be made; those finished in an earlier attempt are left out. */
  readonly pending: readonly BuildReport[];
  readonly doneBefore: readonly string[];
  /** Provisioners that the registry demands for this bucket. */
  readonly enforcedBlocks: readonly EnforcedBlock[];
}

/**
 * Registers a version and its builds before anything is built, with the calls of stock Packer in its order, so that a
 * failure leaves a trace. Running it again with the same fingerprint resumes: finished builds are not made again.
 * Source: packer internal/hcp/registry/types.bucket.go, Initialize and populateVersion.
 */
export async function publishVersion(
  registry: RegistryClient,
  toPublish: VersionToPublish,
  options: { readonly heartbeatMs?: number; readonly onHeartbeatError?: (error: unknown) => void } = {},
): Promise<PublishedVersion> {
  await ensureBucket(registry, toPublish);
  checkUsable(await getOrCreateVersion(registry, toPublish), toPublish);
  const builds = await ensureBuilds(registry, toPublish);
  const enforcedBlocks = await listEnforcedBlocks(registry, toPublish.bucket);
  const pending = builds.filter((build) => build.status !== "BUILD_DONE");
  return {
    pending: pending.map((build) => reportBuild({ registry, toPublish, build, ...options })),
    doneBefore: builds.filter((build) => build.status === "BUILD_DONE").map((build) => build.component_type),
    enforcedBlocks,
  };
}

async function ensureBucket(registry: RegistryClient, toPublish: VersionToPublish): Promise<void> {
  const { bucket: name, description, bucketLabels: labels } = toPublish;
  const bucket = await registry.getBucket(name).catch(unlessCode(rpc.notFound));
  if (bucket === undefined) {
    await registry.createBucket({ name, description, labels });
    return;
  }
  const change = {
    ...(description !== "" && description !== (bucket.description ?? "") ? { description } : {}),
    ...(Object.keys(labels).length > 0 && !sameLabels(labels, bucket.labels ?? {}) ? { labels } : {}),
  };
  if (Object.keys(change).length > 0) await registry.updateBucket(name, change);
}

async function getOrCreateVersion(registry: RegistryClient, toPublish: VersionToPublish): Promise<RegistryVersion> {
  const { bucket, fingerprint, templateType } = toPublish;
  // A missing version is ABORTED, not NOT_FOUND. Source: packer internal/hcp/registry/types.bucket.go.
  const version = await registry.getVersion(bucket, fingerprint).catch(unlessCode(rpc.aborted));
  return version ?? registry.createVersion(bucket, { fingerprint, template_type: templateType });
}

function checkUsable(version: RegistryVersion, toPublish: VersionToPublish): void {
  const { bucket, fingerprint, templateType } = toPublish;
  const stored = version.template_type ?? "TEMPLATE_TYPE_UNSET";
  if (stored !== "TEMPLATE_TYPE_UNSET" && templateType !== "TEMPLATE_TYPE_UNSET" && stored !== templateType) {
    throw new CommandError(
      `Version ${fingerprint} of ${bucket} was begun with a template of type ${stored}, and this one is ${templateType}. Use another fingerprint.`,
    );
  }
  if (version.name !== "v0") {
    throw new CommandError(
      `Version ${fingerprint} of ${bucket} is complete as ${version.name}; a complete version never changes. Build with another fingerprint.`,
    );
  }
}

async function ensureBuilds(registry: RegistryClient, toPublish: VersionToPublish): Promise<readonly RegistryBuild[]> {
  const { bucket, fingerprint, components, runId } = toPublish;
  const existing = await registry.listBuilds(bucket, fingerprint);
  const isThere = (component: string): boolean => existing.some((build) => build.component_type === component);
  const created = await Promise.all(
    components
      .filter((component) => !isThere(component))
      .map((component) =>
        registry
          .createBuild(bucket, fingerprint, {
            component_type: component,
            packer_run_uuid: runId,
            status: "BUILD_UNSET",
            artifacts: null,
          })
          .catch(unlessCode(rpc.alreadyExists)),
      ),
  );
  // Somebody else may have created one in the meantime: then only the server knows its id.
  const all = created.includes(undefined)
    ? await registry.listBuilds(bucket, fingerprint)
    : [...existing, ...(created as RegistryBuild[])];
  return components.map((component) => {
    const build = all.find((b) => b.component_type === component);
    if (build === undefined)
      throw new CommandError(`The registry did not register the build ${component} of ${bucket}.`);
    return build;
  });
}

async function listEnforcedBlocks(registry: RegistryClient, bucket: string): Promise<readonly EnforcedBlock[]> {
  const none: readonly EnforcedBlock[] = [];
  const blocks = await registry.getEnforcedBlocksByBucket(bucket).catch(unlessCode(rpc.notFound, rpc.unimplemented));
  return (blocks ?? none).filter((block) => (block.version?.block_content ?? "") !== "");
}

/** Turns a refusal with one of these codes into undefined. */
function unlessCode(...codes: readonly number[]): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof RegistryError && error.code !== undefined && codes.includes(error.code)) return undefined;
    throw error;
  };
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
