import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Db } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import { countZipEntries, type ZipLimits } from "../../platform/zip-entries.ts";
import { checkOrganizationWide, type Actor } from "../access/index.ts";
import { archiveBlobKey, checkEcosystem, type AdvisoryImport } from "./advisory-import.ts";
import { findImport, insertImport, newImportId } from "./import-store.ts";

export interface AdvisoryImportDeps {
  readonly db: Db;
  readonly blobs: BlobStore;
  readonly now: Clock;
  readonly wakeJobs: () => void;
  /** Where archives lie while they are received and while they are read: they are too large for memory. */
  readonly scratchDirectory: string;
  /** Of an archive as it is uploaded. */
  readonly archiveBytesMax: number;
}

/** The job that reads an archive. */
export const importAdvisoriesJob = "import-advisories";
/** The job that looks later whether an archive was left without an import. */
export const removeLeftArchiveJob = "remove-left-archive";

// Storing some gigabytes takes minutes; an import that took longer than this finds its archive gone and says so.
const storingMsMax = 86_400_000;

// Ubuntu's archive has some hundred thousand entries of up to a few megabytes: twenty times that is no archive any more.
export const archiveLimits: ZipLimits = {
  entriesMax: 2_000_000,
  entryBytesMax: 32 << 20,
  totalBytesMax: 64 * 2 ** 30,
};

/**
 * Takes an OSV archive in and queues the job that reads it. Without `ecosystem` the job finds out from the archive. Errors:
 * forbidden/role_too_low, invalid/ecosystem_unknown, too_large/archive_too_large, invalid/zip_unreadable, too_large/zip_too_large.
 */
export async function receiveArchive(
  deps: AdvisoryImportDeps,
  actor: Actor,
  upload: { readonly body: Readable; readonly fileName: string; readonly ecosystem: string | null },
): Promise<AdvisoryImport> {
  checkOrganizationWide(actor);
  const ecosystem = upload.ecosystem === null ? null : checkEcosystem(upload.ecosystem);
  const id = newImportId();
  const file = await scratchFile(deps, id);
  try {
    const { sha256, bytes } = await receive(upload.body, file, deps.archiveBytesMax);
    await countZipEntries(file, archiveLimits);
    await noteArchive(deps, id);
    await deps.blobs.putFile(archiveBlobKey(id), file);
    const { organizationId, name: author } = actor;
    const received = await deps.db.transaction().execute(async (tx) => {
      const now = deps.now();
      await enqueueJob(tx, { kind: importAdvisoriesJob, payload: { importId: id } }, now);
      return insertImport(
        tx,
        { id, organizationId, ecosystem, fileName: upload.fileName.slice(0, 255), sha256, bytes, author },
        now,
      );
    });
    deps.wakeJobs();
    return received;
  } finally {
    await rm(file, { force: true });
  }
}

/** Before the bytes are stored: a crash between them and the import's row leaves nothing for good. */
async function noteArchive(deps: AdvisoryImportDeps, importId: string): Promise<void> {
  const now = deps.now();
  const job = { kind: removeLeftArchiveJob, payload: { importId }, runAt: now + storingMsMax };
  await deps.db.transaction().execute((tx) => enqueueJob(tx, job, now));
}

/** Removes the bytes of an archive whose import was never written. Those of one that was are its reader's to remove. */
export async function removeLeftArchive(
  deps: Pick<AdvisoryImportDeps, "db" | "blobs">,
  importId: string,
): Promise<void> {
  if ((await findImport(deps.db, importId)) === undefined) await deps.blobs.remove(archiveBlobKey(importId));
}

async function receive(body: Readable, file: string, bytesMax: number): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > bytesMax ? archiveTooLarge(bytesMax) : null, chunk);
    },
  });
  await pipeline(body, meter, createWriteStream(file, { mode: 0o600 }));
  return { sha256: hash.digest("hex"), bytes };
}

export function archiveTooLarge(bytesMax: number): DomainError {
  return new DomainError(
    "too_large",
    "archive_too_large",
    `The archive is larger than ${bytesMax} bytes. Import the archives of single ecosystems rather than the one of all.`,
  );
}

const dayMs = 86_400_000;

/** A path of its own for this import. What a process that died has left there goes after a day. */
export async function scratchFile(
  deps: Pick<AdvisoryImportDeps, "scratchDirectory" | "now">,
  name: string,
): Promise<string> {
  await mkdir(deps.scratchDirectory, { recursive: true, mode: 0o700 });
  for (const left of await readdir(deps.scratchDirectory)) {
    const path = join(deps.scratchDirectory, left);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < deps.now() - dayMs) await rm(path, { force: true });
  }
  return join(deps.scratchDirectory, name);
}
