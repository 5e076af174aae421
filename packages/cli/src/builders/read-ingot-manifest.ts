import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../command-line/command.ts";
import type { BuiltImage } from "./builder.ts";
import { ingotManifestFileName, parseIngotManifest } from "./ingot-manifest.ts";

/** The manifest in an output directory, every file it names being there; undefined when there is no manifest. */
export async function readIngotManifest(outputDirectory: string): Promise<readonly BuiltImage[] | undefined> {
  const file = join(outputDirectory, ingotManifestFileName);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { images, files } = parseIngotManifest(text, file);
  for (const name of files) {
    await access(join(outputDirectory, name)).catch(() => {
      throw new CommandError(`${file} names ${JSON.stringify(name)}, which is not there.`);
    });
  }
  return images;
}
