import { createHash } from "node:crypto";
import { CommandError } from "../command-line/command.ts";
import type { RegistryArtifact } from "../registry/registry-types.ts";

/** What an image was built from: what a channel holds, or one version by its fingerprint or its name. */
export type Parent =
  { readonly bucket: string; readonly channel: string } | { readonly bucket: string; readonly version: string };

/** One build of what is published: a component on one platform. */
export interface PublishedBuild {
  readonly component: string;
  readonly platform: string;
  readonly artifacts: readonly RegistryArtifact[];
  readonly labels: Readonly<Record<string, string>>;
  readonly sourceExternalIdentifier: string | undefined;
  readonly parent: Parent | undefined;
  /** Files with an absolute path. */
  readonly sboms: readonly string[];
}

/** A version that some other tool has built. */
export interface Publication {
  readonly bucket: string;
  readonly description: string;
  readonly bucketLabels: Readonly<Record<string, string>>;
  /** Undefined: {@link fingerprintOf} it. */
  readonly fingerprint: string | undefined;
  readonly channels: readonly string[];
  readonly builds: readonly PublishedBuild[];
}

/** Of what was built alone, so that the same images are one version, however often they are published. */
export function fingerprintOf(publication: Pick<Publication, "builds">): string {
  const content = publication.builds
    .map((build) => [build.component, build.platform, sortedArtifacts(build.artifacts)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `sha256-${createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 32)}`;
}

export function sortedArtifacts(artifacts: readonly RegistryArtifact[]): readonly (readonly [string, string])[] {
  return artifacts
    .map((one) => [one.external_identifier, one.region] as const)
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** `PLATFORM/REGION=IDENTIFIER`. Throws CommandError. */
export function parseArtifact(text: string): RegistryArtifact & { readonly platform: string } {
  const [, platform, region, identifier] = /^([^/=]+)\/([^=]+)=(.+)$/.exec(text) ?? [];
  if (platform === undefined || region === undefined || identifier === undefined) {
    throw new CommandError(
      `${JSON.stringify(text)} is no artifact. Write PLATFORM/REGION=IDENTIFIER, such as aws/eu-central-1=ami-0abc.`,
    );
  }
  return { platform, region, external_identifier: identifier };
}

/** `BUCKET:CHANNEL`, or `BUCKET@VERSION` with a fingerprint or a name such as v3. Throws CommandError. */
export function parseParent(text: string): Parent {
  const [, bucket, sign, name] = /^([A-Za-z0-9._-]+)([:@])(.+)$/.exec(text) ?? [];
  if (bucket === undefined || name === undefined) {
    throw new CommandError(`${JSON.stringify(text)} is no parent. Write BUCKET:CHANNEL or BUCKET@VERSION.`);
  }
  return sign === ":" ? { bucket, channel: name } : { bucket, version: name };
}

/** Gives SBOM files to builds: `COMPONENT=FILE`, or `FILE` when there is one build only. Throws CommandError. */
export function assignSboms(
  builds: readonly PublishedBuild[],
  texts: readonly string[],
  resolveFile: (file: string) => string,
): readonly PublishedBuild[] {
  const files = new Map<string, string[]>();
  for (const text of texts) {
    const named = builds.find((build) => text.startsWith(`${build.component}=`));
    const build = named ?? (builds.length === 1 ? builds[0] : undefined);
    if (build === undefined) {
      const components = builds.map((one) => one.component).join(", ");
      throw new CommandError(
        `${JSON.stringify(text)} does not say which build it is of. Write COMPONENT=FILE with one of ${components}.`,
      );
    }
    const file = named === undefined ? text : text.slice(named.component.length + 1);
    files.set(build.component, [...(files.get(build.component) ?? []), resolveFile(file)]);
  }
  return builds.map((build) => ({ ...build, sboms: [...build.sboms, ...(files.get(build.component) ?? [])] }));
}
