import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { CommandError } from "../command-line/command.ts";
import { describeMismatch } from "../foreign-data/describe-mismatch.ts";
import type { BuiltArtifact, BuiltImage } from "./builder.ts";

export const packerManifestFileName = "packer-manifest.json";

const PackerBuildSchema = Type.Object({
  name: Type.String(),
  builder_type: Type.String(),
  artifact_id: Type.String(),
  packer_run_uuid: Type.String(),
  custom_data: Type.Optional(Type.Union([Type.Record(Type.String(), Type.String()), Type.Null()])),
});
type PackerBuild = Static<typeof PackerBuildSchema>;

const PackerManifestSchema = Type.Object({
  builds: Type.Array(PackerBuildSchema),
  last_run_uuid: Type.String(),
});

/**
 * Reads what Packer's `manifest` post-processor wrote, the last run only. The identifiers are those that HCP-ready plugins
 * report; `custom_data` may override `external_identifier`, `region`, `platform` and `source_external_identifier`, and
 * its other members become labels. Throws CommandError for a build that has no identity. Source: packer
 * post-processor/manifest, and the plugins' stateHCPPackerRegistryMetadata.
 */
export function parsePackerManifest(text: string, file: string): readonly BuiltImage[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${file} is not valid JSON: ${(error as Error).message}`);
  }
  if (!Value.Check(PackerManifestSchema, content)) {
    throw new CommandError(`${file} is not a packer manifest: ${describeMismatch(PackerManifestSchema, content)}.`);
  }
  const { last_run_uuid: lastRun, builds } = content;
  return builds.filter((build) => build.packer_run_uuid === lastRun).map((build) => toBuiltImage(build, file));
}

const overrides = ["external_identifier", "region", "platform", "source_external_identifier"] as const;

function toBuiltImage(build: PackerBuild, file: string): BuiltImage {
  const component = `${build.builder_type}.${build.name}`;
  const custom: Partial<Record<string, string>> = build.custom_data ?? {};
  const kind = artifactKinds.find(({ builders }) => builders.test(build.builder_type));
  const artifacts =
    custom["external_identifier"] === undefined
      ? (kind?.parse ?? parsePlain)(build.artifact_id)
      : [{ external_identifier: custom["external_identifier"], region: undefined }];
  if (artifacts.length === 0) {
    throw new CommandError(
      `${file}: ${component} has the artifact id ${JSON.stringify(build.artifact_id)}, which identifies no image. Set external_identifier in the manifest's custom_data, or let the template write an ingot-manifest.json.`,
    );
  }
  const labels = Object.entries(custom).filter(([key]) => !(overrides as readonly string[]).includes(key));
  return {
    component,
    platform: custom["platform"] ?? kind?.platform,
    artifacts: artifacts.map(({ external_identifier, region }) => ({
      external_identifier,
      region: custom["region"] ?? region ?? kind?.region ?? "global",
    })),
    labels: Object.fromEntries(labels) as Record<string, string>,
    sourceExternalIdentifier: custom["source_external_identifier"],
  };
}

type FoundArtifact = { readonly external_identifier: string; readonly region: BuiltArtifact["region"] | undefined };

interface ArtifactKind {
  readonly builders: RegExp;
  readonly platform?: string;
  /** Where the id does not say it. Azure and Google plugins report the place they built in, which the manifest lacks. */
  readonly region?: string;
  readonly parse: (artifactId: string) => readonly FoundArtifact[];
}

const artifactKinds: readonly ArtifactKind[] = [
  { builders: /^amazon-/, platform: "aws", parse: parseRegionList },
  { builders: /^azure-/, platform: "azure", parse: parsePlain },
  { builders: /^googlecompute/, platform: "gce", parse: parsePlain },
  { builders: /^docker/, platform: "docker", region: "docker", parse: parsePlain },
  { builders: /^vsphere-/, platform: "vsphere", parse: parsePlain },
  { builders: /^openstack/, platform: "openstack", parse: parsePlain },
  { builders: /^scaleway/, platform: "scaleway", parse: parseRegionList },
  { builders: /^digitalocean/, platform: "DigitalOcean", parse: parseRegionsOfOne },
  // These name a kind of result, never the one that was made.
  { builders: /^(null|file|qemu|virtualbox-|vmware-|parallels-|hyperv-)/, parse: () => [] },
];

/** `us-east-1:ami-1,eu-west-1:ami-2`. */
function parseRegionList(artifactId: string): readonly FoundArtifact[] {
  return artifactId.split(",").flatMap((pair) => {
    const colon = pair.indexOf(":");
    return colon <= 0 || colon === pair.length - 1
      ? []
      : [{ region: pair.slice(0, colon), external_identifier: pair.slice(colon + 1) }];
  });
}

/** `nyc1,sfo3:12345`: one image in several regions. */
function parseRegionsOfOne(artifactId: string): readonly FoundArtifact[] {
  const colon = artifactId.lastIndexOf(":");
  if (colon <= 0 || colon === artifactId.length - 1) return [];
  const identifier = artifactId.slice(colon + 1);
  return artifactId
    .slice(0, colon)
    .split(",")
    .map((region) => ({ region, external_identifier: identifier }));
}

function parsePlain(artifactId: string): readonly FoundArtifact[] {
  return artifactId === "" ? [] : [{ external_identifier: artifactId, region: undefined }];
}
