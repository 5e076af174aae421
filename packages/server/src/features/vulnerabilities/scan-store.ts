import type { Db, Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { Millis } from "../../platform/clock.ts";
import { groupBy } from "../../platform/group-by.ts";
import type { AdvisedPackage, Obstacle } from "./subject.ts";

/** `judged`; or why nothing is known about the package, although findings may have been made. */
export type ScanState = "judged" | Obstacle | "no_archive" | "undecided";

/** A package of an SBOM, as it is looked up. */
export interface ScannedPackage extends AdvisedPackage {
  readonly id: string;
}

export interface Scan {
  readonly packageId: string;
  readonly organizationId: string;
  /** Empty: none that advisories are written for. */
  readonly ecosystem: string;
  readonly state: ScanState;
  /** Empty: judged by nothing. */
  readonly importId: string;
}

/** What an archive says about a package. */
export interface Match {
  readonly packageId: string;
  readonly vulnerabilityId: string;
  /** Empty: none is known. */
  readonly fixedVersion: string;
}

/** The organization whose archives judge the packages of an SBOM; undefined when the SBOM is gone. */
export async function findOrganizationOfSbom(db: Db, sbomId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("sboms as s")
    .innerJoin("builds as b", "b.id", "s.build_id")
    .innerJoin("versions as v", "v.id", "b.version_id")
    .innerJoin("buckets as k", "k.id", "v.bucket_id")
    .innerJoin("projects as p", "p.id", "k.project_id")
    .select("p.organization_id")
    .where("s.id", "=", sbomId)
    .executeTakeFirst();
  return row?.organization_id;
}

/** Some packages of the SBOM that no archive has been asked about, in the order of their ids. */
export async function listUnscannedPackages(db: Db, sbomId: string, limit: number): Promise<ScannedPackage[]> {
  return selectPackages(db)
    .innerJoin("sbom_packages as sp", "sp.package_id", "p.id")
    .leftJoin("package_scans as s", "s.package_id", "p.id")
    .where("sp.sbom_id", "=", sbomId)
    .where("s.package_id", "is", null)
    .orderBy("p.id")
    .limit(limit)
    .execute();
}

/** Some packages of an ecosystem, and of none, that another archive than this one has judged or none. */
export async function listOutdatedPackages(
  db: Db,
  filter: { readonly organizationId: string; readonly ecosystem: string; readonly importId: string },
  page: { readonly after: string; readonly limit: number },
): Promise<ScannedPackage[]> {
  return selectPackages(db)
    .innerJoin("package_scans as s", "s.package_id", "p.id")
    .where("s.organization_id", "=", filter.organizationId)
    .where("s.ecosystem", "=", filter.ecosystem)
    .where("s.import_id", "!=", filter.importId)
    .where("s.package_id", ">", page.after)
    .orderBy("s.package_id")
    .limit(page.limit)
    .execute();
}

function selectPackages(db: Db) {
  return db
    .selectFrom("packages as p")
    .select([
      "p.id",
      "p.type",
      "p.namespace",
      "p.purl_name as purlName",
      "p.version",
      "p.distro",
      "p.source_name as sourceName",
      "p.source_version as sourceVersion",
      "p.epoch",
    ]);
}

/**
 * Makes these the findings of these packages: new ones are seen first now, those that are there no more are resolved now, and
 * those that come back are open again. Packages that have gone in the meantime are left out.
 */
export async function saveScans(tx: Tx, scans: readonly Scan[], matches: readonly Match[], now: Millis): Promise<void> {
  const present = await findPresent(
    tx,
    scans.map((scan) => scan.packageId),
  );
  const kept = scans.filter((scan) => present.has(scan.packageId));
  await upsertScans(tx, kept, now);
  await resolveVanished(tx, [...present], matches, now);
  await upsertFindings(
    tx,
    matches.filter((match) => present.has(match.packageId)),
    now,
  );
}

/** Which of these exist. One that goes before the transaction ends fails it, and its job asks again. */
async function findPresent(tx: Tx, ids: readonly string[]): Promise<Set<string>> {
  const rows = await inChunks(ids, (chunk) =>
    tx.selectFrom("packages").select("id").where("id", "in", chunk).execute(),
  );
  return new Set(rows.map((row) => row.id));
}

async function upsertScans(tx: Tx, scans: readonly Scan[], now: Millis): Promise<void> {
  await inChunks(scans, (chunk) =>
    tx
      .insertInto("package_scans")
      .values(
        chunk.map((scan) => ({
          package_id: scan.packageId,
          organization_id: scan.organizationId,
          ecosystem: scan.ecosystem,
          state: scan.state,
          import_id: scan.importId,
          scanned_at: now,
        })),
      )
      .onConflict((c) =>
        c.column("package_id").doUpdateSet((e) => ({
          ecosystem: e.ref("excluded.ecosystem"),
          state: e.ref("excluded.state"),
          import_id: e.ref("excluded.import_id"),
          scanned_at: e.ref("excluded.scanned_at"),
        })),
      )
      .execute(),
  );
}

async function resolveVanished(
  tx: Tx,
  packageIds: readonly string[],
  matches: readonly Match[],
  now: Millis,
): Promise<void> {
  const open = await inChunks(packageIds, (chunk) =>
    tx
      .selectFrom("package_findings")
      .select(["package_id", "vulnerability_id"])
      .where("package_id", "in", chunk)
      .where("resolved_at", "is", null)
      .execute(),
  );
  const keyOf = (packageId: string, vulnerabilityId: string): string => `${packageId} ${vulnerabilityId}`;
  const still = new Set(matches.map((match) => keyOf(match.packageId, match.vulnerabilityId)));
  const vanished = open.filter((row) => !still.has(keyOf(row.package_id, row.vulnerability_id)));
  for (const [vulnerabilityId, rows] of groupBy(vanished, (row) => row.vulnerability_id)) {
    await inChunks(
      rows.map((row) => row.package_id),
      (chunk) =>
        tx
          .updateTable("package_findings")
          .set({ resolved_at: now })
          .where("vulnerability_id", "=", vulnerabilityId)
          .where("package_id", "in", chunk)
          .execute(),
    );
  }
}

async function upsertFindings(tx: Tx, matches: readonly Match[], now: Millis): Promise<void> {
  await inChunks(matches, (chunk) =>
    tx
      .insertInto("package_findings")
      .values(
        chunk.map((match) => ({
          package_id: match.packageId,
          vulnerability_id: match.vulnerabilityId,
          fixed_version: match.fixedVersion,
          first_seen_at: now,
          resolved_at: null,
        })),
      )
      .onConflict((c) =>
        c
          .columns(["package_id", "vulnerability_id"])
          .doUpdateSet((e) => ({ fixed_version: e.ref("excluded.fixed_version"), resolved_at: null })),
      )
      .execute(),
  );
}
