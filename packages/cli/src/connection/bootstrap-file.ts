import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Type } from "typebox";
import { Value } from "typebox/value";
import type { Bootstrap } from "@ingot/server";
import { CommandError, type Environment } from "../command-line/command.ts";
import { flagText, type Flag, type ParsedFlags } from "../command-line/parse-flags.ts";
import { describeMismatch, parseJsonOrUndefined } from "../foreign-data/describe-mismatch.ts";

const BootstrapSchema = Type.Object({
  url: Type.String({ pattern: "^https?://" }),
  ca_file: Type.Union([Type.String(), Type.Null()]),
  organization: Type.Object({ id: Type.String(), name: Type.String() }),
  project: Type.Object({ id: Type.String(), name: Type.String() }),
  service_principal: Type.Object({ client_id: Type.String(), client_secret: Type.String() }),
  admin: Type.Object({ username: Type.String(), token: Type.String() }),
});

export const bootstrapFlags: readonly Flag[] = [
  {
    name: "bootstrap-file",
    kind: "text",
    placeholder: "FILE",
    description: "the credentials that the first `ingot serve` wrote (INGOT_BOOTSTRAP_FILE)",
  },
  {
    name: "data-dir",
    kind: "text",
    placeholder: "DIR",
    description: "the server's data directory, to take its bootstrap.json (default ingot-data; INGOT_DATA_DIR)",
  },
];

/** Which bootstrap file was asked for; undefined when neither flag was given. */
export function bootstrapFileFromFlags(flags: ParsedFlags, workingDirectory: string): string | undefined {
  const file = flagText(flags, "bootstrap-file");
  if (file !== undefined) return resolve(workingDirectory, file);
  const directory = flagText(flags, "data-dir");
  return directory === undefined ? undefined : resolve(workingDirectory, directory, "bootstrap.json");
}

/** The bootstrap file named by the environment, else the one in the default data directory. */
export function bootstrapFileFromEnvironment(environment: Environment, workingDirectory: string): string {
  const file = environment["INGOT_BOOTSTRAP_FILE"];
  if (file !== undefined) return resolve(workingDirectory, file);
  return resolve(workingDirectory, environment["INGOT_DATA_DIR"] ?? "ingot-data", "bootstrap.json");
}

/** Reads a bootstrap file. Throws CommandError when there is none or it is something else. */
export async function readBootstrapFile(file: string): Promise<Bootstrap> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new CommandError(
      `The bootstrap file ${file} cannot be read: ${(error as Error).message}. The first \`ingot serve\` writes it; name it with --bootstrap-file FILE or --data-dir DIR.`,
    );
  }
  const content = parseJsonOrUndefined(text);
  if (!Value.Check(BootstrapSchema, content)) {
    const reason = content === undefined ? "it is not JSON" : describeMismatch(BootstrapSchema, content);
    throw new CommandError(`${file} is not a bootstrap file: ${reason}.`);
  }
  return { ...content, ca_file: content.ca_file === null ? null : resolve(content.ca_file) };
}
