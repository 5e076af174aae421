import { constants } from "node:fs";
import { copyFile, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openInside } from "../isolation/open-inside.ts";

/**
 * Providers that runs of this machine share. No run writes there, since what one run puts into it another would execute: a
 * run fills a cache of its own, and the runner copies from and to it. An entry is never changed once it is there. It need not
 * be trusted either: engines use a cached provider only when the lock file of the configuration has its hash. Source:
 * OpenTofu and Terraform (1.4 and later), CLI configuration, provider plugin cache.
 */
export interface PluginCache {
  /** Puts what the lock file names, and the cache has, into the run's own cache. */
  lend(lockFile: string, ownCache: string): Promise<void>;
  /** Takes over what `init` has put into the run's own cache. */
  keep(ownCache: string): Promise<void>;
}

export function openPluginCache(root: string): PluginCache {
  return {
    async lend(lockFile, ownCache) {
      const lock = await readFile(lockFile, "utf8").catch(() => "");
      if (lock === "") return;
      for (const parts of await listPackages(root)) {
        const [host, namespace, type, version] = parts;
        if (!lock.includes(`"${host}/${namespace}/${type}"`) || !lock.includes(`"${version}"`)) continue;
        await copyTree(root, parts.join("/"), join(ownCache, ...parts));
      }
    },
    async keep(ownCache) {
      for (const parts of await listPackages(ownCache)) {
        const target = join(root, ...parts);
        if (await isThere(target)) continue;
        await mkdir(root, { recursive: true, mode: 0o755 });
        const incoming = await mkdtemp(join(root, ".incoming-"));
        try {
          await copyTree(ownCache, parts.join("/"), join(incoming, "package"));
          await mkdir(dirname(target), { recursive: true, mode: 0o755 });
          await rename(join(incoming, "package"), target);
        } catch (error) {
          // Another run has brought the same.
          if (!["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
        } finally {
          await rm(incoming, { recursive: true, force: true });
        }
      }
    },
  };
}

/** Every package as host, namespace, type, version and platform; links are none. */
async function listPackages(root: string): Promise<string[][]> {
  let level: string[][] = [[]];
  for (let depth = 0; depth < 5; depth++) {
    const next: string[][] = [];
    for (const parts of level) {
      for (const entry of await readdir(join(root, ...parts), { withFileTypes: true }).catch(() => [])) {
        if (entry.isDirectory() && !entry.name.startsWith(".")) next.push([...parts, entry.name]);
      }
    }
    level = next;
  }
  return level;
}

/** Copies regular files and directories, and nothing through a link: one of both sides may be an engine's. */
async function copyTree(root: string, path: string, into: string): Promise<void> {
  await mkdir(into, { recursive: true, mode: 0o755 });
  for (const entry of await readdir(join(root, path), { withFileTypes: true })) {
    const inner = `${path}/${entry.name}`;
    if (entry.isDirectory()) await copyTree(root, inner, join(into, entry.name));
    if (entry.isFile()) await copyOne(root, inner, join(into, entry.name));
  }
}

async function copyOne(root: string, path: string, into: string): Promise<void> {
  const file = await openInside(root, path);
  try {
    const { mode } = await file.stat();
    // By the open file, so that it is the one that was looked at; shared by the file system where it can.
    if (process.platform === "linux") await copyFile(`/proc/self/fd/${file.fd}`, into, constants.COPYFILE_FICLONE);
    else await writeFile(into, file.createReadStream({ autoClose: false }));
    await chmod(into, (mode & 0o100) === 0 ? 0o644 : 0o755);
  } finally {
    await file.close();
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
