import { sql } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import { keyset } from "../../db/keyset.ts";
import type { AdvisoryImports } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import type { AdvisoryImport, ImportProgress, ImportStatus } from "./advisory-import.ts";
import type { Ecosystem } from "./ecosystem.ts";

function toImport(row: AdvisoryImports): AdvisoryImport {
  return {
    id: row.id,
    organizationId: row.organization_id,
    ecosystem: row.ecosystem as Ecosystem | null,
    status: row.status as ImportStatus,
    errorMessage: row.error_message,
    fileName: row.file_name,
    sha256: row.sha256,
    bytes: row.bytes,
    author: row.author,
    entriesTotal: row.entries_total,
    entriesRead: row.entries_read,
    advisories: row.advisories,
    withdrawn: row.withdrawn,
    skipped: row.skipped,
    modifiedAt: row.modified_at,
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}

export type NewImport = Pick<
  AdvisoryImport,
  "id" | "organizationId" | "ecosystem" | "fileName" | "sha256" | "bytes" | "author"
>;

export function newImportId(): string {
  return newUlid();
}

export async function insertImport(tx: Tx, given: NewImport, now: Millis): Promise<AdvisoryImport> {
  const row: AdvisoryImports = {
    id: given.id,
    organization_id: given.organizationId,
    ecosystem: given.ecosystem,
    status: "queued",
    error_message: null,
    file_name: given.fileName,
    sha256: given.sha256,
    bytes: given.bytes,
    author: given.author,
    entries_total: null,
    entries_read: 0,
    advisories: 0,
    withdrawn: 0,
    skipped: 0,
    modified_at: null,
    created_at: now,
    ended_at: null,
  };
  await tx.insertInto("advisory_imports").values(row).execute();
  return toImport(row);
}

export async function findImport(db: Db, id: string): Promise<AdvisoryImport | undefined> {
  const row = await db.selectFrom("advisory_imports").selectAll().where("id", "=", id).executeTakeFirst();
  return row && toImport(row);
}

/** One page of an organization's imports, newest first. */
export async function listImports(
  db: Db,
  organizationId: string,
  page: KeysetPage,
): Promise<KeysetItems<AdvisoryImport>> {
  const rows = await db
    .selectFrom("advisory_imports")
    .selectAll()
    .where("organization_id", "=", organizationId)
    .$call(keyset({ column: "advisory_imports.created_at", id: "advisory_imports.id", descending: true }, page))
    .execute();
  return cutPage(rows.map(toImport), page, (one) => [one.createdAt, one.id]);
}

export async function saveImportStart(
  db: Db,
  id: string,
  start: { readonly ecosystem: Ecosystem; readonly entriesTotal: number },
): Promise<void> {
  await db
    .updateTable("advisory_imports")
    .set({ status: "running", ecosystem: start.ecosystem, entries_total: start.entriesTotal })
    .where("id", "=", id)
    .execute();
}

export async function saveImportProgress(db: Db, id: string, progress: ImportProgress): Promise<void> {
  await db
    .updateTable("advisory_imports")
    .set({
      entries_read: progress.entriesRead,
      advisories: progress.advisories,
      withdrawn: progress.withdrawn,
      skipped: progress.skipped,
      modified_at: progress.modifiedAt,
    })
    .where("id", "=", id)
    .execute();
}

export async function saveImportEnd(
  db: Db,
  id: string,
  end: { readonly status: "done" | "failed"; readonly errorMessage: string | null },
  now: Millis,
): Promise<void> {
  await db
    .updateTable("advisory_imports")
    .set({ status: end.status, error_message: end.errorMessage, ended_at: now })
    .where("id", "=", id)
    .execute();
}

/** Imports of an organization that have ended and speak for nothing, beyond the newest of them: their record may go. */
export async function listForgottenImports(db: Db, organizationId: string, kept: number): Promise<string[]> {
  const rows = await db
    .selectFrom("advisory_imports as i")
    .select("i.id")
    .where("i.organization_id", "=", organizationId)
    .where("i.status", "in", ["done", "failed"])
    .where((e) =>
      e.not(
        e.exists(e.selectFrom("advisory_archives as a").select("a.import_id").whereRef("a.import_id", "=", "i.id")),
      ),
    )
    .orderBy("i.created_at", "desc")
    .orderBy("i.id", "desc")
    .offset(kept)
    .limit(100)
    .execute();
  return rows.map((row) => row.id);
}

/** The record alone: its advisories are gone before. */
export async function deleteImports(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.deleteFrom("advisory_imports").where("id", "in", ids).execute();
}

/** Which import speaks for each ecosystem. */
export async function findCurrentImports(db: Db, organizationId: string): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom("advisory_archives")
    .select(["ecosystem", "import_id"])
    .where("organization_id", "=", organizationId)
    .execute();
  return new Map(rows.map((row) => [row.ecosystem, row.import_id]));
}

/** Lets the import speak for its ecosystem from now on; the one that did before, when there was one. */
export async function replaceArchive(
  tx: Tx,
  archive: { readonly organizationId: string; readonly ecosystem: string; readonly importId: string },
): Promise<string | undefined> {
  const before = (await findCurrentImports(tx, archive.organizationId)).get(archive.ecosystem);
  await tx
    .insertInto("advisory_archives")
    .values({
      organization_id: archive.organizationId,
      ecosystem: archive.ecosystem,
      import_id: archive.importId,
    })
    .onConflict((c) => c.columns(["organization_id", "ecosystem"]).doUpdateSet({ import_id: archive.importId }))
    .execute();
  return before === archive.importId ? undefined : before;
}

/** Until the transaction ends, no archive of the organization is replaced and no package judged by one elsewhere. */
export async function lockArchives(tx: Tx, organizationId: string): Promise<void> {
  await tx
    .insertInto("advisory_gates")
    .values({ organization_id: organizationId })
    .onConflict((c) => c.column("organization_id").doUpdateSet({ organization_id: sql`excluded.organization_id` }))
    .execute();
}

/** Which archive speaks for an ecosystem, and how many packages of the organization's SBOMs ask for it. */
export interface EcosystemCoverage {
  readonly ecosystem: string;
  /** Null: there is none, and nothing is known about its packages. */
  readonly archive: AdvisoryImport | null;
  readonly packages: number;
  /** Of these, how many could be judged. */
  readonly judged: number;
}

/** Every ecosystem that has an archive or a package; the one without a name are packages of none. Two statements. */
export async function readCoverage(db: Db, organizationId: string): Promise<EcosystemCoverage[]> {
  const archives = await db
    .selectFrom("advisory_archives as a")
    .innerJoin("advisory_imports as i", "i.id", "a.import_id")
    .selectAll("i")
    .where("a.organization_id", "=", organizationId)
    .execute();
  const counts = await db
    .selectFrom("package_scans")
    .select([
      "ecosystem",
      (e) => e.fn.countAll<number>().as("packages"),
      sql<number>`sum(case when state = 'judged' then 1 else 0 end)`.as("judged"),
    ])
    .where("organization_id", "=", organizationId)
    .groupBy("ecosystem")
    .execute();
  const known = new Map(archives.map((row) => [row.ecosystem ?? "", toImport(row)]));
  const names = [...new Set([...known.keys(), ...counts.map((row) => row.ecosystem)])].toSorted();
  return names.map((ecosystem) => {
    const count = counts.find((row) => row.ecosystem === ecosystem);
    return {
      ecosystem,
      archive: known.get(ecosystem) ?? null,
      packages: Number(count?.packages ?? 0),
      judged: Number(count?.judged ?? 0),
    };
  });
}
