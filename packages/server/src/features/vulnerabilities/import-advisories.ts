import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { enqueueJob } from "../../jobs/index.ts";
import { DomainError } from "../../platform/errors.ts";
import { countZipEntries, readZipEntries } from "../../platform/zip-entries.ts";
import { archiveBlobKey, type AdvisoryImport, type ImportProgress } from "./advisory-import.ts";
import { deleteSomeAdvisories, insertAdvisories, noteWithdrawals } from "./advisory-store.ts";
import { ecosystems, type Ecosystem } from "./ecosystem.ts";
import {
  deleteImports,
  findImport,
  listForgottenImports,
  lockArchives,
  replaceArchive,
  saveImportEnd,
  saveImportProgress,
  saveImportStart,
} from "./import-store.ts";
import { adviseOn, ecosystemsOf, readOsvAdvisory, type Advisory } from "./osv-advisory.ts";
import { archiveLimits, scratchFile, type AdvisoryImportDeps } from "./receive-archive.ts";
import { rescanEcosystemJob, type RescanEcosystem } from "./scan-packages.ts";

// A transaction takes some ten milliseconds: other writers on SQLite wait no longer.
const advisoriesAtOnce = 200;
// Enough to see past advisories that concern several ecosystems.
const entriesLookedAt = 50;
// Of those that speak for nothing any more, besides the archives themselves.
const importsKept = 50;

/**
 * Reads an archive and lets it speak for its ecosystem in the place of the one before, at once and as a whole. Repeatable:
 * after a crash it begins again and finds its own rows. An archive that cannot be read fails the import and changes nothing.
 */
export async function importAdvisories(deps: AdvisoryImportDeps, importId: string): Promise<void> {
  const found = await findImport(deps.db, importId);
  if (found === undefined) return;
  if (found.status === "queued" || found.status === "running") await readOrFail(deps, found);
  await deps.blobs.remove(archiveBlobKey(importId));
  await forgetOldImports(deps, found.organizationId);
}

async function readOrFail(deps: AdvisoryImportDeps, found: AdvisoryImport): Promise<void> {
  const file = await scratchFile(deps, `${found.id}.${randomBytes(6).toString("hex")}`);
  try {
    if (!(await deps.blobs.getFile(archiveBlobKey(found.id), file))) throw archiveGone();
    await readArchive(deps, found, file);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    await saveImportEnd(deps.db, found.id, { status: "failed", errorMessage: error.message }, deps.now());
    while (await deleteSomeAdvisories(deps.db, found.id));
  } finally {
    await rm(file, { force: true });
  }
}

async function readArchive(deps: AdvisoryImportDeps, found: AdvisoryImport, file: string): Promise<void> {
  const ecosystem = found.ecosystem ?? (await recognizeEcosystem(file));
  await saveImportStart(deps.db, found.id, { ecosystem, entriesTotal: await countZipEntries(file, archiveLimits) });
  let progress: ImportProgress = { entriesRead: 0, advisories: 0, withdrawn: 0, skipped: 0, modifiedAt: null };
  let batch: Advisory[] = [];
  const write = async (): Promise<void> => {
    const advisories = batch;
    batch = [];
    await deps.db.transaction().execute(async (tx) => {
      await insertAdvisories(tx, found.id, advisories);
      await saveImportProgress(tx, found.id, progress);
    });
  };
  for await (const entry of readZipEntries(file, archiveLimits)) {
    const document = entry.name.endsWith(".json") ? readOsvAdvisory(entry.bytes.toString("utf8")) : undefined;
    const advisory = document && adviseOn(ecosystem, document);
    progress = count(progress, advisory);
    if (advisory !== undefined) batch.push(advisory);
    if (batch.length >= advisoriesAtOnce) await write();
  }
  await write();
  if (progress.advisories === 0) throw noAdvisories(ecosystem);
  await finish(deps, { organizationId: found.organizationId, ecosystem, importId: found.id });
}

function count(progress: ImportProgress, advisory: Advisory | undefined): ImportProgress {
  const entriesRead = progress.entriesRead + 1;
  if (advisory === undefined) return { ...progress, entriesRead, skipped: progress.skipped + 1 };
  return {
    entriesRead,
    advisories: progress.advisories + 1,
    withdrawn: progress.withdrawn + (advisory.withdrawnAt === null ? 0 : 1),
    skipped: progress.skipped,
    modifiedAt: Math.max(progress.modifiedAt ?? 0, advisory.modifiedAt ?? 0) || null,
  };
}

async function finish(deps: AdvisoryImportDeps, archive: RescanEcosystem): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await lockArchives(tx, archive.organizationId);
    await replaceArchive(tx, archive);
    await noteWithdrawals(tx, archive);
    await saveImportEnd(tx, archive.importId, { status: "done", errorMessage: null }, deps.now());
    await enqueueJob(tx, { kind: rescanEcosystemJob, payload: archive }, deps.now());
  });
  deps.wakeJobs();
}

/** Of imports that speak for nothing, the advisories go at once and the records but for the newest. */
async function forgetOldImports(deps: AdvisoryImportDeps, organizationId: string): Promise<void> {
  for (const importId of await listForgottenImports(deps.db, organizationId, 0)) {
    while (await deleteSomeAdvisories(deps.db, importId));
  }
  await deleteImports(deps.db, await listForgottenImports(deps.db, organizationId, importsKept));
}

/** The one ecosystem that every advisory is about. Errors: invalid/ecosystem_ambiguous, invalid/no_advisories. */
async function recognizeEcosystem(file: string): Promise<Ecosystem> {
  let common: Set<Ecosystem> | undefined;
  let looked = 0;
  for await (const entry of readZipEntries(file, archiveLimits)) {
    const document = entry.name.endsWith(".json") ? readOsvAdvisory(entry.bytes.toString("utf8")) : undefined;
    if (document === undefined) continue;
    const named = ecosystemsOf(document);
    common = new Set([...(common ?? named)].filter((one) => named.has(one)));
    looked++;
    if (looked >= entriesLookedAt || common.size === 0) break;
  }
  const [ecosystem, ...others] = common ?? [];
  if (ecosystem !== undefined && others.length === 0) return ecosystem;
  if (looked === 0) throw noAdvisories(null);
  throw new DomainError(
    "invalid",
    "ecosystem_ambiguous",
    `The archive does not say which one ecosystem it is about. Name it; it can be ${ecosystems.join(", ")}.`,
  );
}

function noAdvisories(ecosystem: Ecosystem | null): DomainError {
  const about = ecosystem === null ? "" : ` about packages of ${ecosystem}`;
  return new DomainError(
    "invalid",
    "no_advisories",
    `The archive has no advisory${about}. Import the file all.zip of an ecosystem as OSV publishes it.`,
  );
}

function archiveGone(): DomainError {
  return new DomainError("unavailable", "archive_gone", "The uploaded archive is no longer there. Import it again.");
}
