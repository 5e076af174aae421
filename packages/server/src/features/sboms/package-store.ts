import { sql } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import { keyOf, keyset, sortedColumns } from "../../db/keyset.ts";
import type { Millis } from "../../platform/clock.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { listedAs, packageId, type Package } from "./package.ts";
import type { Sbom, SbomFormat } from "./sbom.ts";

// An upload that has written its packages has this much less than a day to link them.
const namedMsFresh = 12 * 3_600_000;
/** A package that no SBOM names is removed when it was last named before this long ago. */
export const unnamedMsKept = 24 * 3_600_000;

/**
 * Makes sure that the project has these packages, and returns their ids. Not part of the upload's transaction: packages
 * that nothing links to do no harm, and uploads that share packages need not wait for each other.
 */
export async function writePackages(
  db: Db,
  projectId: string,
  packages: readonly Package[],
  now: Millis,
): Promise<string[]> {
  const rows = packages.map((one) => ({
    id: packageId(projectId, one),
    project_id: projectId,
    listed_as: listedAs(one),
    name: one.name,
    version: one.version,
    purl: one.purl,
    type: one.type,
    namespace: one.namespace,
    purl_name: one.purlName,
    distro: one.distro,
    source_name: one.sourceName,
    source_version: one.sourceVersion,
    epoch: one.epoch,
    named_at: now,
  }));
  // In the order of their ids, so that two uploads never wait for each other in a circle.
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  await inChunks(rows, (chunk) =>
    db
      .insertInto("packages")
      .values(chunk)
      .onConflict((c) =>
        c
          .column("id")
          .doUpdateSet({ named_at: now })
          .where("packages.named_at", "<", now - namedMsFresh),
      )
      .execute(),
  );
  return rows.map((row) => row.id);
}

/** Links an SBOM and its bucket to packages that are written. The caller holds the lock of the bucket. */
export async function linkPackages(
  tx: Tx,
  owner: { readonly sbomId: string; readonly bucketId: string },
  packageIds: readonly string[],
): Promise<void> {
  const bucket = { bucket_id: owner.bucketId };
  await inChunks(packageIds, (chunk) =>
    tx
      .insertInto("sbom_packages")
      .values(chunk.map((id) => ({ sbom_id: owner.sbomId, package_id: id, ...bucket })))
      .execute(),
  );
  await inChunks(packageIds, (chunk) =>
    tx
      .insertInto("bucket_packages")
      .values(chunk.map((id) => ({ package_id: id, ...bucket })))
      .onConflict((c) => c.columns(["bucket_id", "package_id"]).doNothing())
      .execute(),
  );
}

/** Forgets what no SBOM of the bucket names any more. The caller holds the lock of the bucket. */
export async function dropGonePackages(tx: Tx, bucketId: string): Promise<void> {
  await tx
    .deleteFrom("bucket_packages")
    .where("bucket_id", "=", bucketId)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("sbom_packages")
            .select("sbom_packages.sbom_id")
            .whereRef("sbom_packages.package_id", "=", "bucket_packages.package_id")
            .where("sbom_packages.bucket_id", "=", bucketId),
        ),
      ),
    )
    .execute();
}

/**
 * Removes packages that no SBOM names, among the `limit` that come after an id. Returns the last id it has looked at;
 * null when there is none after it.
 */
export async function deleteUnnamedPackages(
  db: Db,
  walk: { readonly after: string; readonly limit: number },
  now: Millis,
): Promise<string | null> {
  const rows = await db
    .selectFrom("packages")
    .select("id")
    .where("id", ">", walk.after)
    .orderBy("id")
    .limit(walk.limit)
    .execute();
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return null;
  await db
    .deleteFrom("packages")
    .where("id", "in", ids)
    // An upload that is about to link one has set this anew, and PostgreSQL looks at it again once it has the row.
    .where("named_at", "<", now - unnamedMsKept)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom("sbom_packages")
            .select("sbom_packages.sbom_id")
            .whereRef("sbom_packages.package_id", "=", "packages.id"),
        ),
      ),
    )
    .execute();
  return ids.length < walk.limit ? null : (ids.at(-1) ?? null);
}

export type PackageOrder = "name" | "version" | "purl";

export interface PackageFilter {
  readonly name?: string | undefined;
  readonly nameStartsWith?: string | undefined;
  readonly version?: string | undefined;
}

/** One line of a list: packages of the same name, version and purl are one. */
export interface ListedPackage {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  /** Those that name it; of a bucket the newest hundred. */
  readonly sboms: readonly Pick<Sbom, "id" | "name" | "format">[];
}

export interface PackageList {
  readonly projectId: string;
  readonly of: { readonly sbomIds: readonly string[] } | { readonly bucketId: string };
  readonly filter: PackageFilter;
  readonly page: KeysetPage;
  readonly sorting: readonly { readonly field: PackageOrder; readonly descending: boolean }[];
}

const sbomsShown = 100;

/** One page of what a build or a bucket is made of, with the SBOMs that say so. One statement. */
export async function listPackages(db: Db, list: PackageList): Promise<KeysetItems<ListedPackage>> {
  const { of, sorting } = list;
  const backwards = list.page.cursor?.side === "before";
  let query = db
    .with("page", () =>
      selectNamed(db, list)
        .select(["packages.name", "packages.version", "packages.purl", "packages.listed_as"])
        .groupBy(["packages.name", "packages.version", "packages.purl", "packages.listed_as"])
        .$call(keyset({ by: sortedColumns("packages", sorting), id: "packages.listed_as" }, list.page)),
    )
    .with("named", (e) =>
      e
        .selectFrom("page")
        .innerJoin("packages", (join) =>
          join
            .on("packages.project_id", "=", list.projectId)
            .onRef("packages.name", "=", "page.name")
            .onRef("packages.listed_as", "=", "page.listed_as"),
        )
        .innerJoin("sbom_packages", "sbom_packages.package_id", "packages.id")
        .select([
          "page.listed_as",
          "sbom_packages.sbom_id",
          sql<number>`row_number() over (partition by page.listed_as order by sbom_packages.sbom_id desc)`.as("rank"),
        ])
        .where((w) =>
          "bucketId" in of
            ? w("sbom_packages.bucket_id", "=", of.bucketId)
            : w("sbom_packages.sbom_id", "in", [...of.sbomIds]),
        ),
    )
    .selectFrom("page")
    .innerJoin("named", (join) =>
      join.onRef("named.listed_as", "=", "page.listed_as").on("named.rank", "<=", sbomsShown),
    )
    .innerJoin("sboms", "sboms.id", "named.sbom_id")
    .selectAll("page")
    .select(["sboms.id as sbom_id", "sboms.name as sbom_name", "sboms.format"]);
  const last = sorting.at(-1)?.descending ?? false;
  for (const { column, descending } of [
    ...sortedColumns("page", sorting),
    { column: "page.listed_as", descending: last },
  ]) {
    query = query.orderBy(sql.ref(column), descending !== backwards ? "desc" : "asc");
  }
  const rows = await query.orderBy("sboms.id").execute();
  const lines = new Map<string, ListedPackage & { id: string; sboms: ListedPackage["sboms"][number][] }>();
  for (const row of rows) {
    const { name, version, purl, listed_as: id } = row;
    const line = lines.get(id) ?? { id, name, version, purl, sboms: [] };
    line.sboms.push({ id: row.sbom_id, name: row.sbom_name, format: row.format as SbomFormat });
    lines.set(id, line);
  }
  return cutPage([...lines.values()], list.page, (line) => keyOf(line, sorting));
}

function selectNamed(db: Db, { of, filter, projectId }: PackageList) {
  const { name, nameStartsWith, version } = filter;
  return db
    .selectFrom("packages")
    .where("packages.project_id", "=", projectId)
    .where((e) =>
      "bucketId" in of
        ? e(
            "packages.id",
            "in",
            e
              .selectFrom("bucket_packages")
              .select("bucket_packages.package_id")
              .where("bucket_packages.bucket_id", "=", of.bucketId)
              .where((w) =>
                w.exists(
                  w
                    .selectFrom("sbom_packages")
                    .select("sbom_packages.sbom_id")
                    .whereRef("sbom_packages.package_id", "=", "bucket_packages.package_id")
                    .where("sbom_packages.bucket_id", "=", of.bucketId),
                ),
              ),
          )
        : e(
            "packages.id",
            "in",
            e
              .selectFrom("sbom_packages")
              .select("sbom_packages.package_id")
              .where("sbom_packages.sbom_id", "in", [...of.sbomIds]),
          ),
    )
    .$if(name !== undefined, (query) => query.where("packages.name", "=", name ?? ""))
    .$if(version !== undefined, (query) => query.where("packages.version", "=", version ?? ""))
    .$if(nameStartsWith !== undefined, (query) => query.where(startsWith("packages.name", nameStartsWith ?? "")));
}

/** As a range, which an index finds: both databases compare texts byte by byte. */
export function startsWith(column: string, prefix: string) {
  // The last code point there is: no name has it.
  return sql<boolean>`(${sql.ref(column)} >= ${prefix} and ${sql.ref(column)} < ${`${prefix}\u{10FFFF}`})`;
}
