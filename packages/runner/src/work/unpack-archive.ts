import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { WorkError } from "./work-error.ts";

export interface ArchiveLimits {
  /** Of all files together, unpacked. */
  readonly bytesMax: number;
  readonly entriesMax: number;
}

type Kind = "file" | "directory" | "symlink";

/**
 * Unpacks a tar.gz into an existing empty directory. The whole archive is read and checked before anything is written:
 * no path or link leads out of the tree, nothing is written through a link, and there are only files, directories and
 * symbolic links, within the limits. Owners and set-id bits are ignored. Throws WorkError for what it refuses.
 */
export async function unpackArchive(file: string, into: string, limits: ArchiveLimits): Promise<void> {
  await checkArchive(file, limits);
  const links: { readonly path: string; readonly target: string }[] = [];
  await eachEntry(file, limits, async (header, content) => {
    const path = join(into, ...partsOf(header.name));
    const kind = kindOf(header);
    if (kind === "directory") await mkdir(path, { recursive: true });
    else if (kind === "symlink") links.push({ path, target: header.linkname ?? "" });
    else {
      await mkdir(dirname(path), { recursive: true });
      await pipeline(
        content as AsyncIterable<Buffer>,
        createWriteStream(path, { flags: "wx", mode: ((header.mode ?? 0o644) & 0o777) | 0o600 }),
      );
    }
  });
  // Last, so that nothing is ever written through one.
  for (const { path, target } of links) {
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path);
  }
}

async function checkArchive(file: string, limits: ArchiveLimits): Promise<void> {
  const kinds = new Map<string, Kind>();
  const links = new Map<string, string>();
  let bytes = 0;
  let entries = 0;
  await eachEntry(file, limits, async (header) => {
    if (++entries > limits.entriesMax) throw refused(`it has more than ${limits.entriesMax} entries`);
    const kind = kindOf(header);
    const path = checkName(header.name, kind);
    if (path === "") return;
    if (kinds.has(path) && !(kind === "directory" && kinds.get(path) === "directory")) {
      throw refused(`it has more than one entry for ${JSON.stringify(path)}`);
    }
    kinds.set(path, kind);
    if (kind === "symlink") links.set(path, header.linkname ?? "");
    if (kind !== "file") return;
    const size = header.size ?? 0;
    bytes += size;
    if (!Number.isSafeInteger(size) || size < 0 || bytes > limits.bytesMax) throw tooLarge(limits);
  });
  for (const path of kinds.keys()) {
    const blocker = parentsOf(path).find((parent) => kinds.has(parent) && kinds.get(parent) !== "directory");
    if (blocker !== undefined) {
      throw refused(`${JSON.stringify(path)} lies below ${JSON.stringify(blocker)}, which is not a directory`);
    }
  }
  for (const [path, target] of links) checkLink(path, target, links);
}

async function eachEntry(
  file: string,
  limits: ArchiveLimits,
  visit: (header: Header, content: AsyncIterable<unknown>) => Promise<void>,
): Promise<void> {
  const entries = extract();
  // Header and padding count too, so that an archive of nothing but long names is bounded as well.
  const bounded = limitBytes(limits.bytesMax + limits.entriesMax * 1024, () => tooLarge(limits));
  const reading = pipeline(createReadStream(file), createGunzip(), bounded, entries);
  // The loop below throws the same error.
  reading.catch(() => {});
  try {
    for await (const entry of entries) {
      await visit(entry.header, entry);
      entry.resume();
    }
    await reading;
  } catch (error) {
    if (error instanceof WorkError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw refused(`it is not a gzip-compressed tar archive (${(error as Error).message})`, error);
  }
}

function kindOf(header: Header): Kind {
  switch (header.type) {
    case "file":
    case "contiguous-file":
    case undefined:
      return "file";
    case "directory":
    case "symlink":
      return header.type;
    default:
      throw refused(
        `${JSON.stringify(header.name)} is a ${header.type === "link" ? "hard link" : (header.type ?? "special file")}; ` +
          "only files, directories and symbolic links are allowed",
      );
  }
}

/** The path, normalised and relative to the root; empty for the root itself. */
function checkName(name: string, kind: Kind): string {
  if (name.startsWith("/")) throw refused(`${JSON.stringify(name)} is an absolute path`);
  const parts = partsOf(name);
  if (parts.includes("..")) throw refused(`the path ${JSON.stringify(name)} leads upwards`);
  if (name.length > pathLengthMax || name.includes("\0") || (parts.length === 0 && kind !== "directory")) {
    throw refused(`${JSON.stringify(name.slice(0, 100))} is not a file name`);
  }
  return parts.join("/");
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function parentsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

// As on Linux.
const pathLengthMax = 4096;
const linkHopsMax = 40;

/** Follows a link as the system would, through other links of the archive, and refuses one that leaves the tree. */
function checkLink(path: string, target: string, links: ReadonlyMap<string, string>): void {
  if (target === "" || target.length > pathLengthMax) throw refused(`the link ${JSON.stringify(path)} leads nowhere`);
  let at = path.split("/").slice(0, -1);
  let ahead = [target];
  for (let hops = 0; ahead.length > 0;) {
    const [next = "", ...rest] = ahead;
    if (next.startsWith("/")) throw refused(`the link ${JSON.stringify(path)} leads to an absolute path`);
    if (next.includes("/")) {
      ahead = [...next.split("/"), ...rest];
      continue;
    }
    ahead = rest;
    if (next === "" || next === ".") continue;
    if (next === "..") {
      if (at.length === 0) throw refused(`the link ${JSON.stringify(path)} leads out of the configuration`);
      at = at.slice(0, -1);
      continue;
    }
    const link = links.get([...at, next].join("/"));
    if (link === undefined) {
      at = [...at, next];
      continue;
    }
    if (++hops > linkHopsMax) throw refused(`the link ${JSON.stringify(path)} leads in a circle`);
    ahead = [link, ...ahead];
  }
}

function limitBytes(bytesMax: number, error: () => Error): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > bytesMax ? error() : null, chunk);
    },
  });
}

function tooLarge(limits: ArchiveLimits): WorkError {
  return refused(`it holds more than the ${limits.bytesMax} bytes that are allowed`);
}

function refused(reason: string, cause?: unknown): WorkError {
  return new WorkError(`The archive was refused, and nothing of it was unpacked: ${reason}.`, { cause });
}
