import type { Db } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import type { Millis } from "../../platform/clock.ts";
import { versionName } from "../versions/index.ts";

/** What the registry knows about one image. */
export interface TrackedArtifact {
  readonly artifactId: string;
  readonly externalIdentifier: string;
  readonly region: string;
  readonly platform: string;
  readonly componentType: string;
  readonly buildId: string;
  readonly versionId: string;
  readonly bucketId: string;
  readonly bucketName: string;
  /** `v<n>`, or `v0` while the version is incomplete. */
  readonly versionName: string;
  readonly fingerprint: string;
  /** From this moment the version must not be used; null: not revoked. */
  readonly revokeAt: Millis | null;
  readonly revocationMessage: string | null;
  /** The ancestor whose revocation it inherited, while that ancestor exists. */
  readonly revocationInheritedFrom: { readonly bucketName: string; readonly versionName: string } | null;
}

const identifiersPerStatement = 500;

/**
 * The artifacts that have one of these external identifiers, in one project or in all projects of an organization; of
 * one identifier the newest version comes first. One identifier may have several artifacts (regions, versions); identifiers that the registry
 * does not know are absent. Asks nobody whether the caller may know. One statement for every 500 identifiers.
 */
export async function findArtifactsByExternalIdentifiers(
  db: Db,
  search: ({ readonly projectId: string } | { readonly organizationId: string }) & {
    readonly identifiers: readonly string[];
  },
): Promise<TrackedArtifact[]> {
  const identifiers = [...new Set(search.identifiers)].filter((identifier) => identifier !== "");
  const rows = await inChunks(
    identifiers,
    (chunk) =>
      selectArtifacts(db)
        .where("artifacts.external_identifier", "in", chunk)
        .where((e) =>
          "projectId" in search
            ? e("buckets.project_id", "=", search.projectId)
            : e(
                "buckets.project_id",
                "in",
                e.selectFrom("projects").select("projects.id").where("organization_id", "=", search.organizationId),
              ),
        )
        .orderBy("versions.created_at", "desc")
        .orderBy("versions.id", "desc")
        .orderBy("artifacts.id")
        .execute(),
    identifiersPerStatement,
  );
  return rows.map(toTrackedArtifact);
}

function selectArtifacts(db: Db) {
  return db
    .selectFrom("artifacts")
    .innerJoin("builds", "builds.id", "artifacts.build_id")
    .innerJoin("versions", "versions.id", "builds.version_id")
    .innerJoin("buckets", "buckets.id", "versions.bucket_id")
    .leftJoin("versions as ancestor", "ancestor.id", "versions.revocation_inherited_from")
    .leftJoin("buckets as ancestor_bucket", "ancestor_bucket.id", "ancestor.bucket_id")
    .select([
      "artifacts.id as artifact_id",
      "artifacts.external_identifier",
      "artifacts.region",
      "builds.platform",
      "builds.component_type",
      "builds.id as build_id",
      "versions.id as version_id",
      "versions.number",
      "versions.fingerprint",
      "versions.revoke_at",
      "versions.revocation_message",
      "buckets.id as bucket_id",
      "buckets.name as bucket_name",
      "ancestor.number as ancestor_number",
      "ancestor_bucket.name as ancestor_bucket_name",
    ]);
}

type ArtifactRow = Awaited<ReturnType<ReturnType<typeof selectArtifacts>["execute"]>>[number];

function toTrackedArtifact(row: ArtifactRow): TrackedArtifact {
  return {
    artifactId: row.artifact_id,
    externalIdentifier: row.external_identifier,
    region: row.region,
    platform: row.platform,
    componentType: row.component_type,
    buildId: row.build_id,
    versionId: row.version_id,
    bucketId: row.bucket_id,
    bucketName: row.bucket_name,
    versionName: versionName(row.number),
    fingerprint: row.fingerprint,
    revokeAt: row.revoke_at,
    revocationMessage: row.revocation_message,
    revocationInheritedFrom:
      row.ancestor_bucket_name === null
        ? null
        : { bucketName: row.ancestor_bucket_name, versionName: versionName(row.ancestor_number) },
  };
}
