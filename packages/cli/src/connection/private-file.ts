import { randomBytes } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { CommandError } from "../command-line/command.ts";

/** Replaces a file as a whole; only its owner can read it. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeFile(draft, content, { mode: 0o600, flag: "wx" });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new CommandError(`${path} cannot be written: ${(error as Error).message}.`);
  }
}
