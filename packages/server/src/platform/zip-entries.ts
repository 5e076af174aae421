import { openPromise, type Entry } from "yauzl";
import { DomainError } from "./errors.ts";

export interface ZipLimits {
  readonly entriesMax: number;
  /** Of one entry, unpacked. */
  readonly entryBytesMax: number;
  /** Of all entries, unpacked. */
  readonly totalBytesMax: number;
}

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * The files of a zip archive one after the other, of which one is in memory at a time. What an entry claims to hold is
 * checked against the limits before it is unpacked, and what it does hold while it is. Errors: invalid/zip_unreadable,
 * too_large/zip_too_large.
 */
export async function* readZipEntries(file: string, limits: ZipLimits): AsyncGenerator<ZipEntry> {
  let total = 0;
  try {
    const zip = await openZip(file, limits);
    try {
      for await (const entry of zip.eachEntry()) {
        if (entry.fileName.endsWith("/")) continue;
        total += entry.uncompressedSize;
        if (entry.uncompressedSize > limits.entryBytesMax) throw tooLarge(`its entry ${entry.fileName}`);
        if (total > limits.totalBytesMax) throw tooLarge("what it unpacks to");
        yield { name: entry.fileName, bytes: await unpack(zip, entry) };
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    throw error instanceof DomainError ? error : unreadable(error);
  }
}

/** How many entries the archive says it has, folders included. Errors: as {@link readZipEntries}. */
export async function countZipEntries(file: string, limits: ZipLimits): Promise<number> {
  try {
    const zip = await openZip(file, limits);
    zip.close();
    return zip.entryCount;
  } catch (error) {
    throw error instanceof DomainError ? error : unreadable(error);
  }
}

type OpenZip = Awaited<ReturnType<typeof openPromise>>;

async function openZip(file: string, limits: ZipLimits): Promise<OpenZip> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  if (zip.entryCount <= limits.entriesMax) return zip;
  zip.close();
  throw tooLarge("the number of its entries");
}

async function unpack(zip: OpenZip, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  // Ends with an error at the first byte more than the entry claims.
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function tooLarge(what: string): DomainError {
  return new DomainError(
    "too_large",
    "zip_too_large",
    `The archive cannot be read: ${what} is beyond every real archive.`,
  );
}

function unreadable(error: unknown): DomainError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DomainError("invalid", "zip_unreadable", `The archive cannot be read as a zip file: ${reason}.`, {
    cause: error,
  });
}
