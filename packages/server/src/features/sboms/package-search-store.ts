import { sql } from "kysely";
import type { Db } from "../../db/database.ts";
import { keyset } from "../../db/keyset.ts";
import type { Millis } from "../../platform/clock.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import type { PackageFilter } from "./package-store.ts";
import { startsWith } from "./package-store.ts";

export interface PackageSearch {
  readonly projectId: string;
  /** Null: all of the project. */
  readonly bucketNames: readonly string[] | null;
  readonly filter: PackageFilter & {
    /** With or without a version: `pkg:deb/debian/openssl` finds all of them. */
    readonly purl?: string | undefined;
  };
  readonly page: KeysetPage;
}

/** A package that a bucket has in at least one of its versions. */
export interface PackageInBucket {
  readonly packageId: string;
  readonly bucketId: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly bucketName: string;
}

/** One page of the buckets that have such a package. In the order of the package's name; one statement. */
export async function searchPackages(db: Db, search: PackageSearch): Promise<KeysetItems<PackageInBucket>> {
  const { name, nameStartsWith, version, purl } = search.filter;
  const { bucketNames } = search;
  const rows = await db
    .selectFrom("packages")
    .innerJoin("bucket_packages", "bucket_packages.package_id", "packages.id")
    .innerJoin("buckets", "buckets.id", "bucket_packages.bucket_id")
    .select([
      "packages.id",
      "packages.listed_as",
      "packages.name",
      "packages.version",
      "packages.purl",
      "buckets.id as bucket_id",
      "buckets.name as bucket_name",
    ])
    .where("packages.project_id", "=", search.projectId)
    .where("buckets.project_id", "=", search.projectId)
    .where((e) =>
      e.exists(
        e
          .selectFrom("sbom_packages")
          .select("sbom_packages.sbom_id")
          .whereRef("sbom_packages.package_id", "=", "packages.id")
          .whereRef("sbom_packages.bucket_id", "=", "buckets.id"),
      ),
    )
    .$if(name !== undefined, (query) => query.where("packages.name", "=", name ?? ""))
    .$if(version !== undefined, (query) => query.where("packages.version", "=", version ?? ""))
    .$if(nameStartsWith !== undefined, (query) => query.where(startsWith("packages.name", nameStartsWith ?? "")))
    .$if(purl !== undefined, (query) => query.where(isPurl(purl ?? "")))
    .$if(bucketNames !== null, (query) => query.where("buckets.name", "in", [...(bucketNames ?? []), ""]))
    .$call(
      keyset(
        {
          by: ["packages.name", "packages.listed_as", "packages.id"].map((column) => ({ column, descending: false })),
          id: "bucket_packages.bucket_id",
        },
        search.page,
      ),
    )
    .execute();
  const cut = cutPage(rows, search.page, (row) => [row.name, row.listed_as, row.id, row.bucket_id]);
  return {
    ...cut,
    items: cut.items.map((row) => ({
      packageId: row.id,
      bucketId: row.bucket_id,
      name: row.name,
      version: row.version,
      purl: row.purl,
      bucketName: row.bucket_name,
    })),
  };
}

/** The same text, or one that goes on with a version, qualifiers or a path. */
function isPurl(purl: string) {
  return sql<boolean>`(packages.purl = ${purl} or ${startsWith("packages.purl", `${purl}@`)} or ${startsWith(
    "packages.purl",
    `${purl}?`,
  )})`;
}

/** A build that contains a package. */
export interface ContainingBuild {
  readonly packageId: string;
  readonly bucketId: string;
  readonly buildId: string;
  readonly componentType: string;
  readonly sbomName: string;
  readonly versionId: string;
  readonly number: number | null;
  readonly fingerprint: string;
  readonly revokeAt: Millis | null;
  /** How many SBOMs of the bucket name the package, this one included. */
  readonly total: number;
}

/**
 * For each of these pairs the builds that contain the package, at most `limit`: first those of versions that a channel
 * points at, then the newest. One statement.
 */
export async function listContainingBuilds(
  db: Db,
  pairs: readonly Pick<PackageInBucket, "packageId" | "bucketId">[],
  limit: number,
): Promise<ContainingBuild[]> {
  if (pairs.length === 0) return [];
  const wanted = sql.join(pairs.map((pair) => sql`(${pair.packageId}, ${pair.bucketId})`));
  const rows = await db
    .with("ranked", (e) =>
      e
        .selectFrom("sbom_packages")
        .innerJoin("sboms", "sboms.id", "sbom_packages.sbom_id")
        .innerJoin("builds", "builds.id", "sboms.build_id")
        .innerJoin("versions", "versions.id", "builds.version_id")
        .select([
          "sbom_packages.package_id",
          "sbom_packages.bucket_id",
          "builds.id as build_id",
          "builds.component_type",
          "sboms.name as sbom_name",
          "versions.id as version_id",
          "versions.number",
          "versions.fingerprint",
          "versions.revoke_at",
          sql<number>`row_number() over (
            partition by sbom_packages.package_id, sbom_packages.bucket_id
            order by exists (select 1 from channels where channels.version_id = versions.id) desc,
              versions.id desc, sbom_packages.sbom_id desc)`.as("rank"),
          sql<number>`count(*) over (partition by sbom_packages.package_id, sbom_packages.bucket_id)`.as("total"),
        ])
        .where(sql<boolean>`(sbom_packages.package_id, sbom_packages.bucket_id) in (values ${wanted})`),
    )
    .selectFrom("ranked")
    .selectAll()
    .where("rank", "<=", limit)
    .orderBy("rank")
    .execute();
  return rows.map((row) => ({
    packageId: row.package_id,
    bucketId: row.bucket_id,
    buildId: row.build_id,
    componentType: row.component_type,
    sbomName: row.sbom_name,
    versionId: row.version_id,
    number: row.number,
    fingerprint: row.fingerprint,
    revokeAt: row.revoke_at,
    total: Number(row.total),
  }));
}
