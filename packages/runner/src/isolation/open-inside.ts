import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";

/**
 * Opens a regular file below a directory that an engine can write to, following no link on the way: a link that the engine
 * has put there would make the runner read, or write, in its place. Throws with code ENOENT, ELOOP or ENOTDIR.
 */
export async function openInside(root: string, path: string, flags = constants.O_RDONLY): Promise<FileHandle> {
  const parts = path.split("/").filter((part) => part !== "");
  const name = parts.pop();
  if (name === undefined || parts.includes("..") || name === "..") throw new Error(`${path} is not below ${root}.`);
  let reached = root;
  let directory = await open(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    for (const part of parts) {
      const next = await open(
        at(directory, reached, part),
        constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
      );
      await directory.close();
      directory = next;
      reached = join(reached, part);
    }
    // Not blocking: a pipe without a writer would be waited for.
    const file = await open(at(directory, reached, name), flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    throw Object.assign(new Error(`${path} is not a regular file.`), { code: "ELOOP" });
  } finally {
    await directory.close();
  }
}

export async function readInside(root: string, path: string): Promise<Buffer> {
  const file = await openInside(root, path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Linux opens relative to a directory that is open already. Elsewhere there is no isolation that this could defend. */
function at(directory: FileHandle, reached: string, name: string): string {
  return process.platform === "linux" ? `/proc/self/fd/${directory.fd}/${name}` : join(reached, name);
}
