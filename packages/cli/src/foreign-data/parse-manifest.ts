import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { CommandError } from "../command-line/command.ts";
import { describeMismatch } from "./describe-mismatch.ts";

/**
 * A manifest of builds as its schema has it, in which no build is there twice. Throws CommandError naming the place and what
 * is wrong with it.
 */
export function parseManifest<Schema extends TSchema>(schema: Schema, text: string, file: string): Static<Schema> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${file} is not valid JSON: ${(error as Error).message}`);
  }
  if (!Value.Check(schema, content)) {
    throw new CommandError(`${file}: ${describeMismatch(schema, content)}.`);
  }
  const names = (content as { builds: readonly { name: string }[] }).builds.map((build) => build.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new CommandError(`${file}: the build ${JSON.stringify(twice)} is there twice.`);
  return content;
}
