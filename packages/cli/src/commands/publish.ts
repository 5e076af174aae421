import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ingotManifestFileName } from "../builders/ingot-manifest.ts";
import { CommandError, UsageError, type Command, type CommandCall } from "../command-line/command.ts";
import {
  flagSwitch,
  flagText,
  flagTexts,
  parseFlags,
  type Flag,
  type ParsedFlags,
} from "../command-line/parse-flags.ts";
import { renderHelp } from "../command-line/render-help.ts";
import { bootstrapFlags } from "../connection/bootstrap-file.ts";
import { publish } from "../publish/publish.ts";
import {
  assignSboms,
  parseArtifact,
  parseParent,
  type Publication,
  type PublishedBuild,
} from "../publish/publication.ts";
import { parsePublishManifest, type ManifestContent } from "../publish/publish-manifest.ts";
import { withRegistry } from "../registry/with-registry.ts";

const flags: readonly Flag[] = [
  {
    name: "manifest",
    kind: "text",
    placeholder: "FILE",
    description: `an ${ingotManifestFileName}, or a directory that holds one; flags say what it does not, or overrule it`,
  },
  {
    name: "artifact",
    kind: "text",
    repeats: true,
    placeholder: "PLATFORM/REGION=IDENTIFIER",
    description: "an image, instead of a manifest; those of one platform are one build, publish.<platform>",
  },
  {
    name: "fingerprint",
    kind: "text",
    placeholder: "TEXT",
    description: "of the version (HCP_PACKER_BUILD_FINGERPRINT; default: a digest of its artifacts)",
  },
  { name: "description", kind: "text", placeholder: "TEXT", description: "of the bucket" },
  {
    name: "bucket-label",
    kind: "text",
    repeats: true,
    placeholder: "NAME=VALUE",
    description: "a label of the bucket",
  },
  { name: "label", kind: "text", repeats: true, placeholder: "NAME=VALUE", description: "a label of every build" },
  {
    name: "parent",
    kind: "text",
    placeholder: "BUCKET:CHANNEL|BUCKET@VERSION",
    description: "what the images were built from: what a channel holds now, or a version by fingerprint or name",
  },
  {
    name: "sbom",
    kind: "text",
    repeats: true,
    placeholder: "[COMPONENT=]FILE",
    description: "an SPDX or CycloneDX document in JSON; of which build is said when there are several",
  },
  {
    name: "channel",
    kind: "text",
    repeats: true,
    placeholder: "NAME",
    description: "a channel to move to the version, made when it is not there",
  },
  { name: "json", kind: "switch", description: "print the version as JSON instead of a line" },
  ...bootstrapFlags,
];

export const publishCommand: Command = {
  help: () =>
    renderHelp({
      usage: "ingot publish [FLAGS] [BUCKET]",
      text:
        "Registers images that another tool has built (image builder, mkosi, docker buildx, Ansible) as one version of a " +
        "bucket, with their labels, their parent and their SBOMs. Publishing the same images again changes nothing; after " +
        "a failure it goes on where it stopped.",
      flags,
    }),
  run,
};

async function run(call: CommandCall): Promise<number> {
  const parsed = parseFlags(flags, call.args);
  const [bucket, surplus] = parsed.positionals;
  if (surplus !== undefined) throw new UsageError("ingot publish takes one BUCKET.");
  const publication = await readPublication(call, parsed, bucket);
  return withRegistry(call, parsed, async (registry) => {
    const version = await publish({
      registry,
      publication,
      metadata: {},
      tell: (line) => call.report(`${publication.bucket}: ${line}`),
    });
    call.print(
      flagSwitch(parsed, "json")
        ? JSON.stringify(version, null, 2)
        : `${publication.bucket} ${version.name} ${version.fingerprint}`,
    );
    return 0;
  });
}

async function readPublication(
  call: CommandCall,
  parsed: ParsedFlags,
  named: string | undefined,
): Promise<Publication> {
  const content = await readContent(call, parsed);
  const bucket = named ?? content.bucket;
  if (bucket === undefined) throw new UsageError("ingot publish needs a BUCKET, here or in the manifest.");
  const parent = flagText(parsed, "parent");
  const labels = parseLabels("label", flagTexts(parsed, "label"));
  const builds = content.builds.map((build) => ({
    ...build,
    labels: { ...build.labels, ...labels },
    parent: parent === undefined ? build.parent : parseParent(parent),
  }));
  const channels = flagTexts(parsed, "channel");
  return {
    bucket,
    description: flagText(parsed, "description") ?? content.description,
    bucketLabels: { ...content.bucketLabels, ...parseLabels("bucket-label", flagTexts(parsed, "bucket-label")) },
    fingerprint:
      flagText(parsed, "fingerprint") ?? content.fingerprint ?? call.environment["HCP_PACKER_BUILD_FINGERPRINT"],
    channels: channels.length > 0 ? channels : content.channels,
    builds: assignSboms(builds, flagTexts(parsed, "sbom"), (file) => resolve(call.workingDirectory, file)),
  };
}

async function readContent(call: CommandCall, parsed: ParsedFlags): Promise<ManifestContent> {
  const manifest = flagText(parsed, "manifest");
  const artifacts = flagTexts(parsed, "artifact");
  if ((manifest === undefined) === (artifacts.length === 0)) {
    throw new UsageError("ingot publish needs either --manifest or at least one --artifact.");
  }
  if (manifest === undefined) {
    return {
      bucket: undefined,
      description: "",
      bucketLabels: {},
      fingerprint: undefined,
      channels: [],
      builds: buildsOf(artifacts),
    };
  }
  const given = resolve(call.workingDirectory, manifest);
  const file = given.endsWith(".json") ? given : join(given, ingotManifestFileName);
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new CommandError(`${file} cannot be read: ${error.message}`);
  });
  return parsePublishManifest(text, file);
}

/** One build for each platform, in the order of their first artifact. */
function buildsOf(texts: readonly string[]): PublishedBuild[] {
  const platforms = new Map<string, PublishedBuild["artifacts"][number][]>();
  for (const text of texts) {
    const { platform, ...artifact } = parseArtifact(text);
    platforms.set(platform, [...(platforms.get(platform) ?? []), artifact]);
  }
  return [...platforms].map(([platform, artifacts]) => ({
    component: `publish.${platform}`,
    platform,
    artifacts,
    labels: {},
    sourceExternalIdentifier: undefined,
    parent: undefined,
    sboms: [],
  }));
}

function parseLabels(flag: string, texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf("=");
      if (equals <= 0) throw new UsageError(`--${flag} was given ${JSON.stringify(text)}. Allowed: NAME=VALUE.`);
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}
