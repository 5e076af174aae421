import { createWriteStream } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { pack } from "tar-stream";
import { openInside } from "../isolation/open-inside.ts";
import type { EngineName } from "../protocol.ts";

/** What the engine that applies must be: plan files are only read by the version that wrote them. */
export interface PlannedBy {
  readonly name: EngineName;
  readonly version: string;
}

/** A picture of a directory tree, to tell later what has changed. */
export type TreeMarks = ReadonlyMap<string, string>;

/** Notes every regular file below the root, links not followed, but for what `init` makes again. */
export async function markTree(root: string): Promise<TreeMarks> {
  const marks = new Map<string, string>();
  async function walk(directory: string): Promise<void> {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory() && entry.name !== ".terraform") await walk(path);
      if (!entry.isFile()) continue;
      const { mtimeMs, size, mode } = await lstat(path);
      marks.set(relative(root, path), `${mtimeMs}:${size}:${mode}`);
    }
  }
  await walk(root);
  return marks;
}

/**
 * Packs what the apply phase needs into a tar.gz: `tfplan`, `engine.json`, and below `files/` what the plan phase has made
 * in the configuration, such as the lock file and archives for functions.
 */
export async function packPlan(options: {
  /** Where the engine has written `tfplan`. */
  readonly planRoot: string;
  readonly plannedBy: PlannedBy;
  readonly configRoot: string;
  readonly before: TreeMarks;
  readonly into: string;
}): Promise<void> {
  const archive = pack();
  const writing = pipeline(archive, createGzip({ level: 1 }), createWriteStream(options.into, { mode: 0o600 }));
  writing.catch(() => {});
  archive.entry({ name: "engine.json" }, JSON.stringify(options.plannedBy));
  await addFile(archive, "tfplan", { root: options.planRoot, path: "tfplan" });
  for (const [path, mark] of await markTree(options.configRoot)) {
    if (options.before.get(path) !== mark) await addFile(archive, `files/${path}`, { root: options.configRoot, path });
  }
  archive.finalize();
  await writing;
}

async function addFile(
  archive: ReturnType<typeof pack>,
  name: string,
  from: { readonly root: string; readonly path: string },
): Promise<void> {
  const file = await openInside(from.root, from.path);
  try {
    const { size, mode } = await file.stat();
    const bytes = size === 0 ? [] : file.createReadStream({ autoClose: false, end: size - 1 });
    await pipeline(bytes, archive.entry({ name, size, mode: mode & 0o777 }));
  } finally {
    await file.close();
  }
}

export async function readPlannedBy(unpacked: string): Promise<PlannedBy> {
  return JSON.parse(await readFile(join(unpacked, "engine.json"), "utf8")) as PlannedBy;
}
