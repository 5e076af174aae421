import type { Db } from "../../db/database.ts";
import { keyset } from "../../db/keyset.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import type { Labels } from "../buckets/index.ts";

/** A build that made an artifact, and the bucket it is in. */
export interface FoundBuild {
  readonly buildId: string;
  readonly versionId: string;
  readonly bucket: { readonly id: string; readonly name: string; readonly labels: Labels };
}

export interface ArtifactSearch {
  readonly projectId: string;
  /** Null: all of them. */
  readonly bucketNames: readonly string[] | null;
  readonly externalIdentifier: string;
  /** In any spelling of upper and lower case. */
  readonly platform?: string;
  readonly region?: string;
}

/**
 * One page of a project's builds that have an artifact of this identifier, the youngest first; each build once, however
 * many regions have the image. One statement, along the index of identifiers.
 */
export async function searchArtifacts(
  db: Db,
  search: ArtifactSearch & { readonly page: KeysetPage },
): Promise<KeysetItems<FoundBuild>> {
  const { platform, region, bucketNames } = search;
  let query = db
    .selectFrom("artifacts")
    .innerJoin("builds", "builds.id", "artifacts.build_id")
    .innerJoin("versions", "versions.id", "builds.version_id")
    .innerJoin("buckets", "buckets.id", "versions.bucket_id")
    .select([
      "artifacts.id",
      "artifacts.created_at",
      "builds.id as build_id",
      "builds.version_id",
      "buckets.id as bucket_id",
      "buckets.name as bucket_name",
      "buckets.labels as bucket_labels",
    ])
    .where("artifacts.external_identifier", "=", search.externalIdentifier)
    .where("buckets.project_id", "=", search.projectId);
  if (bucketNames !== null) query = query.where("buckets.name", "in", bucketNames);
  if (platform !== undefined)
    query = query.where((e) => e(e.fn("lower", ["builds.platform"]), "=", platform.toLowerCase()));
  query =
    region === undefined
      ? query.where((e) =>
          e.not(
            e.exists(
              e
                .selectFrom("artifacts as other")
                .select("other.id")
                .whereRef("other.build_id", "=", "artifacts.build_id")
                .whereRef("other.external_identifier", "=", "artifacts.external_identifier")
                .whereRef("other.id", ">", "artifacts.id"),
            ),
          ),
        )
      : query.where("artifacts.region", "=", region);
  const order = { column: "artifacts.created_at", id: "artifacts.id", descending: true };
  const rows = await query.$call(keyset(order, search.page)).execute();
  const cut = cutPage(rows, search.page, (row) => [row.created_at, row.id]);
  return {
    ...cut,
    items: cut.items.map((row) => ({
      buildId: row.build_id,
      versionId: row.version_id,
      bucket: {
        id: row.bucket_id,
        name: row.bucket_name,
        labels: JSON.parse(row.bucket_labels) as Labels,
      },
    })),
  };
}
