import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { parse } from "yaml";
import { CommandError } from "../command-line/command.ts";
import { describeMismatch } from "../foreign-data/describe-mismatch.ts";

const definitionFileName = "ingot-build.yaml";

const Labels = Type.Record(Type.String(), Type.String());
const Name = Type.String({ pattern: "^[A-Za-z0-9-]{3,36}$", description: "3 to 36 letters, digits and hyphens" });
const Command = Type.Array(Type.String({ minLength: 1 }), {
  minItems: 1,
  description: "a program and its arguments, as a list",
});

/** `ingot-build.yaml`: what one template directory builds. docs: packages/cli/README.md. */
const BuildDefinitionSchema = Type.Object(
  {
    bucket: Name,
    description: Type.Optional(Type.String({ maxLength: 255, description: "at most 255 characters" })),
    /** Of the bucket. */
    labels: Type.Optional(Labels),
    /** Of every build. */
    build_labels: Type.Optional(Labels),
    /** Of builds whose tool does not say it, such as `oci`. */
    platform: Type.Optional(Type.String({ minLength: 1 })),
    /** The image to build on; the first artifact of the channel's version, on this platform and region when given. */
    parent: Type.Optional(
      Type.Object(
        {
          bucket: Name,
          channel: Name,
          platform: Type.Optional(Type.String({ minLength: 1 })),
          region: Type.Optional(Type.String({ minLength: 1 })),
        },
        { additionalProperties: false },
      ),
    ),
    /** Inputs with their defaults; `--var name=value` overrides. */
    variables: Type.Optional(Type.Record(Type.String({ pattern: "^[A-Za-z_][A-Za-z0-9_]*$" }), Type.String())),
    script: Type.Optional(
      Type.Object(
        {
          command: Command,
          /** Default: one, `script.<bucket>`. */
          components: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
        },
        { additionalProperties: false },
      ),
    ),
    /** A file or directory for `packer build`, relative to the definition. */
    packer: Type.Optional(Type.Object({ template: Type.String({ minLength: 1 }) }, { additionalProperties: false })),
  },
  { additionalProperties: false },
);
export type BuildDefinition = Static<typeof BuildDefinitionSchema>;

/** Reads the definition in a template directory. Throws CommandError naming the key and what is allowed. */
export async function readBuildDefinition(directory: string): Promise<BuildDefinition> {
  const file = join(directory, definitionFileName);
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new CommandError(
      `${file} cannot be read: ${error.message}. A template directory needs a ${definitionFileName}.`,
    );
  });
  return parseBuildDefinition(text, file);
}

export function parseBuildDefinition(text: string, file: string): BuildDefinition {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new CommandError(`${file} is not valid YAML: ${(error as Error).message}`);
  }
  if (!Value.Check(BuildDefinitionSchema, content)) {
    throw new CommandError(
      `${file}: ${describeMismatch(BuildDefinitionSchema, content)}. Keys: ${Object.keys(BuildDefinitionSchema.properties).join(", ")}.`,
    );
  }
  if (content.script === undefined && content.packer === undefined) {
    throw new CommandError(
      `${file}: it says neither \`script\` nor \`packer\`; give one, or both to let the machine decide.`,
    );
  }
  return content;
}
