import { access, constants } from "node:fs/promises";
import { join } from "node:path";

/** The first executable of this name in directories given as in $PATH. */
export async function findProgram(name: string, path: string): Promise<string | undefined> {
  for (const directory of path.split(":")) {
    if (!directory.startsWith("/")) continue;
    const file = join(directory, name);
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}
