import { posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { DomainError } from "../../platform/errors.ts";

export interface ArchiveLimits {
  /** Of all entries together, after unpacking. */
  readonly bytesMax: number;
  readonly entriesMax: number;
}

// A header of 512 bytes each, and what the pax format adds to it.
const overheadBytesPerEntry = 2048;

/**
 * Reads a whole configuration archive (tar.gz) without unpacking it, and refuses what a runner must never unpack: names or
 * links that lead out of the tree, anything but files, directories and links, and more than the limits. Errors:
 * invalid/archive_… with a sentence that names the entry.
 */
export async function checkArchive(archive: Uint8Array, limits: ArchiveLimits): Promise<void> {
  const tree = new ArchiveTree();
  let entries = 0;
  let bytes = 0;
  const tar = extract();
  tar.on("entry", (header, stream, next) => {
    // Destroying the archive ends the entry with the same error, which the pipeline reports already.
    stream.on("error", () => {});
    try {
      entries += 1;
      bytes += header.size ?? 0;
      if (entries > limits.entriesMax) {
        throw refusal("archive_too_many_entries", `The archive has more than ${limits.entriesMax} entries.`);
      }
      checkBytes(bytes, limits);
      tree.add(header);
    } catch (error) {
      stream.resume();
      tar.destroy(error as Error);
      return;
    }
    stream.on("end", () => next());
    stream.resume();
  });
  const inflated = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let total = 0;
    for await (const chunk of source) {
      total += chunk.length;
      // Also what stands between and after the entries: padding can be a bomb too.
      if (total > limits.bytesMax + overheadBytesPerEntry * (entries + 10)) checkBytes(Infinity, limits);
      yield chunk;
    }
  };
  try {
    await pipeline(Readable.from([Buffer.from(archive)]), createGunzip(), inflated, tar);
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw refusal(
      "archive_malformed",
      `The upload is not a gzip-compressed tar archive: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}

function checkBytes(bytes: number, limits: ArchiveLimits): void {
  if (bytes > limits.bytesMax) {
    throw refusal(
      "archive_too_large",
      `The archive is larger than ${limits.bytesMax} bytes after unpacking. Leave files out with .terraformignore, or ask the operator to raise archive-bytes-max.`,
    );
  }
}

function refusal(code: string, message: string): DomainError {
  return new DomainError("invalid", code, message);
}

/** The names seen so far, enough to know that no entry leaves the root, not even through a link. */
class ArchiveTree {
  readonly #links = new Set<string>();
  readonly #directories = new Set<string>();

  add(header: Header): void {
    const name = this.#checkName(header.name);
    switch (header.type) {
      case "file":
      case "contiguous-file":
      case "directory":
        break;
      case "symlink":
        this.#checkLink(name, header.linkname ?? "", posix.dirname(name));
        // What is below a directory must not move when a link takes its place.
        if (this.#directories.has(name)) throw leaves(header.name);
        this.#links.add(name);
        break;
      case "link":
        this.#checkLink(name, header.linkname ?? "", ".");
        break;
      default:
        throw refusal(
          "archive_entry_type",
          `The archive holds ${JSON.stringify(header.name)}, which is neither a file, a directory nor a link.`,
        );
    }
    if (header.type === "directory") this.#directories.add(name);
  }

  #checkName(given: string): string {
    const name = posix.normalize(given).replace(/\/$/, "");
    if (given === "" || given.includes("\0") || posix.isAbsolute(given) || given.split(/[/\\]/).includes("..")) {
      throw leaves(given);
    }
    for (let parent = posix.dirname(name); parent !== "."; parent = posix.dirname(parent)) {
      if (this.#links.has(parent)) throw leaves(given);
      this.#directories.add(parent);
    }
    // An entry over an earlier link would be written to where the link points.
    if (this.#links.has(name)) throw leaves(given);
    return name;
  }

  #checkLink(name: string, target: string, base: string): void {
    const parts = target.split("/");
    const firstName = parts.findIndex((part) => part !== ".." && part !== "." && part !== "");
    // `..` after a name could climb from where another link points, which is not where its name stands.
    const climbsLater = firstName >= 0 && parts.slice(firstName).includes("..");
    const resolved = posix.normalize(posix.join(base, target));
    if (
      target === "" ||
      target.includes("\0") ||
      target.includes("\\") ||
      posix.isAbsolute(target) ||
      climbsLater ||
      resolved === ".." ||
      resolved.startsWith("../")
    ) {
      throw refusal(
        "archive_link",
        `The archive holds the link ${JSON.stringify(name)}, which leads out of the configuration.`,
      );
    }
  }
}

function leaves(name: string): DomainError {
  return refusal("archive_name", `The archive holds ${JSON.stringify(name)}, which leads out of the configuration.`);
}
