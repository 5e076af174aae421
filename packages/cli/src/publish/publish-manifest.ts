import { dirname, resolve } from "node:path";
import { Type, type Static } from "typebox";
import { CommandError } from "../command-line/command.ts";
import { parseManifest } from "../foreign-data/parse-manifest.ts";
import type { Parent, Publication } from "./publication.ts";

const Text = Type.String({ minLength: 1 });
const Labels = Type.Record(Type.String(), Type.String());
const ParentSchema = Type.Union([
  Type.Object({ bucket: Text, channel: Text }, { additionalProperties: false }),
  Type.Object({ bucket: Text, version: Text }, { additionalProperties: false }),
]);

/** An `ingot-manifest.json` as scripts of `ingot build` write it, which may say more about the version it is part of. */
const PublishManifestSchema = Type.Object(
  {
    bucket: Type.Optional(Text),
    description: Type.Optional(Type.String({ maxLength: 255 })),
    bucket_labels: Type.Optional(Labels),
    fingerprint: Type.Optional(Text),
    channels: Type.Optional(Type.Array(Text)),
    /** Of builds that name none. */
    parent: Type.Optional(ParentSchema),
    builds: Type.Array(
      Type.Object(
        {
          name: Text,
          platform: Type.Optional(Text),
          artifacts: Type.Array(
            Type.Object(
              { external_identifier: Text, region: Text, files: Type.Optional(Type.Array(Text)) },
              { additionalProperties: false },
            ),
            { minItems: 1 },
          ),
          source_external_identifier: Type.Optional(Text),
          labels: Type.Optional(Labels),
          parent: Type.Optional(ParentSchema),
          /** Files relative to the manifest. */
          sboms: Type.Optional(Type.Array(Text)),
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
  },
  { additionalProperties: false },
);
type PublishManifest = Static<typeof PublishManifestSchema>;

/** What a manifest says; without a bucket where the caller must name one. */
export type ManifestContent = Omit<Publication, "bucket"> & { readonly bucket: string | undefined };

/** Throws CommandError naming the place and what is wrong with it. */
export function parsePublishManifest(text: string, file: string): ManifestContent {
  const content = parseManifest(PublishManifestSchema, text, file);
  return {
    bucket: content.bucket,
    description: content.description ?? "",
    bucketLabels: content.bucket_labels ?? {},
    fingerprint: content.fingerprint,
    channels: content.channels ?? [],
    builds: content.builds.map((build) => toBuild(build, content.parent, file)),
  };
}

function toBuild(build: PublishManifest["builds"][number], parent: Parent | undefined, file: string) {
  if (build.platform === undefined) {
    throw new CommandError(`${file}: the build ${JSON.stringify(build.name)} needs a platform, such as aws or oci.`);
  }
  return {
    component: build.name,
    platform: build.platform,
    artifacts: build.artifacts.map(({ external_identifier, region }) => ({ external_identifier, region })),
    labels: build.labels ?? {},
    sourceExternalIdentifier: build.source_external_identifier,
    parent: build.parent ?? parent,
    sboms: (build.sboms ?? []).map((name) => resolve(dirname(file), name)),
  };
}
