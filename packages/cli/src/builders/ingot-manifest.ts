import { Type, type Static } from "typebox";
import { CommandError } from "../command-line/command.ts";
import { parseManifest } from "../foreign-data/parse-manifest.ts";
import type { BuiltImage } from "./builder.ts";

export const ingotManifestFileName = "ingot-manifest.json";

const Text = Type.String({ minLength: 1 });

/** What a script writes into INGOT_OUTPUT_DIR when it is done. */
const IngotManifestSchema = Type.Object(
  {
    builds: Type.Array(
      Type.Object(
        {
          /** The component, one of those in INGOT_COMPONENTS. */
          name: Text,
          platform: Type.Optional(Text),
          artifacts: Type.Array(
            Type.Object(
              {
                /** What consumers will ask for: an image id, a digest, a path. */
                external_identifier: Text,
                region: Text,
                /** Relative to the manifest; each must exist. */
                files: Type.Optional(Type.Array(Text)),
              },
              { additionalProperties: false },
            ),
            { minItems: 1 },
          ),
          /** The image it was built on. Default: the parent's artifact. */
          source_external_identifier: Type.Optional(Text),
          labels: Type.Optional(Type.Record(Type.String(), Type.String())),
        },
        { additionalProperties: false },
      ),
      { minItems: 1 },
    ),
  },
  { additionalProperties: false },
);
type IngotManifest = Static<typeof IngotManifestSchema>;

export interface ParsedManifest {
  readonly images: readonly BuiltImage[];
  /** Every file that an artifact names, relative to the manifest. */
  readonly files: readonly string[];
}

/** Parses and checks a manifest. Throws CommandError naming the place and what is wrong with it. */
export function parseIngotManifest(text: string, file: string): ParsedManifest {
  const content = parseManifest(IngotManifestSchema, text, file);
  const files = content.builds.flatMap((build) => build.artifacts.flatMap((artifact) => artifact.files ?? []));
  const outside = files.find((path) => path.startsWith("/") || path.split("/").includes(".."));
  if (outside !== undefined) {
    throw new CommandError(
      `${file}: ${JSON.stringify(outside)} is outside the output directory; name files relative to it.`,
    );
  }
  return { images: content.builds.map(toBuiltImage), files };
}

function toBuiltImage(build: IngotManifest["builds"][number]): BuiltImage {
  return {
    component: build.name,
    platform: build.platform,
    artifacts: build.artifacts.map(({ external_identifier, region }) => ({ external_identifier, region })),
    labels: build.labels ?? {},
    sourceExternalIdentifier: build.source_external_identifier,
  };
}
