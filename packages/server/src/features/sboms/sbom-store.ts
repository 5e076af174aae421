import type { Db, Tx } from "../../db/database.ts";
import type { Sboms } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { buildNotFound } from "../builds/index.ts";
import { versionNotFound, type BuildStatus } from "../versions/index.ts";
import type { Sbom, SbomFormat } from "./sbom.ts";

function toSbom(row: Sboms): Sbom {
  return {
    id: row.id,
    buildId: row.build_id,
    name: row.name,
    format: row.format as SbomFormat,
    unreadableBecause: row.unreadable_because,
    packageCount: row.package_count,
    author: row.author,
    packerRunUuid: row.packer_run_uuid,
    bytes: row.bytes,
    sha256: row.sha256,
    createdAt: row.created_at,
  };
}

/** A build with its SBOMs, in the order of their upload. */
export interface BuildSboms {
  readonly buildId: string;
  readonly status: BuildStatus;
  readonly packerRunUuid: string;
  readonly sboms: readonly Sbom[];
}

/** One statement. Errors: not_found/version_not_found, not_found/build_not_found. */
export async function getBuildSboms(
  db: Db,
  key: { readonly bucketId: string; readonly fingerprint: string; readonly buildId: string },
): Promise<BuildSboms> {
  const rows = await db
    .selectFrom("versions")
    .leftJoin("builds", (join) => join.onRef("builds.version_id", "=", "versions.id").on("builds.id", "=", key.buildId))
    .leftJoin("sboms", "sboms.build_id", "builds.id")
    .selectAll("sboms")
    .select(["builds.id as owner_id", "builds.status", "builds.packer_run_uuid as run"])
    .where("versions.bucket_id", "=", key.bucketId)
    .where("versions.fingerprint", "=", key.fingerprint)
    .orderBy("sboms.id")
    .execute();
  const [first] = rows;
  if (first === undefined) throw versionNotFound(key.fingerprint);
  if (first.owner_id === null) throw buildNotFound(key.buildId);
  return {
    buildId: first.owner_id,
    status: first.status as BuildStatus,
    packerRunUuid: first.run ?? "",
    sboms: rows.flatMap((row) => (row.id === null ? [] : [toSbom(row as Sboms)])),
  };
}

export async function insertSbom(tx: Tx, sbom: Sbom): Promise<void> {
  await tx
    .insertInto("sboms")
    .values({
      id: sbom.id,
      build_id: sbom.buildId,
      name: sbom.name,
      format: sbom.format,
      state: sbom.unreadableBecause === null ? "parsed" : "unreadable",
      unreadable_because: sbom.unreadableBecause,
      package_count: sbom.packageCount,
      author: sbom.author,
      packer_run_uuid: sbom.packerRunUuid,
      bytes: sbom.bytes,
      sha256: sbom.sha256,
      created_at: sbom.createdAt,
    })
    .execute();
}

export async function deleteSboms(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.deleteFrom("sboms").where("id", "in", ids).execute();
}

/** An SBOM with the key of its bytes, whoever asks. Undefined when it is gone. */
export async function findStoredSbom(
  db: Db,
  id: string,
): Promise<{ readonly sbom: Sbom; readonly blobKey: string } | undefined> {
  const row = await db
    .selectFrom("sboms")
    .innerJoin("sbom_documents", "sbom_documents.sbom_id", "sboms.id")
    .selectAll("sboms")
    .select("sbom_documents.blob_key")
    .where("sboms.id", "=", id)
    .executeTakeFirst();
  return row && { sbom: toSbom(row), blobKey: row.blob_key };
}

/** An SBOM whose packages are not known. */
export interface UnreadableSbom {
  readonly name: string;
  readonly because: string;
  readonly bucketName: string;
  readonly fingerprint: string;
  readonly componentType: string;
}

// Enough to look into; a list of what is not known must not grow without bound either.
export const unreadableShown = 20;

/** The newest that could not be parsed, of one bucket or of a whole project; at most {@link unreadableShown}. */
export async function listUnreadableSboms(
  db: Db,
  where: { readonly bucketId: string } | { readonly projectId: string; readonly bucketNames: readonly string[] | null },
): Promise<UnreadableSbom[]> {
  const rows = await db
    .selectFrom("sboms")
    .innerJoin("builds", "builds.id", "sboms.build_id")
    .innerJoin("versions", "versions.id", "builds.version_id")
    .innerJoin("buckets", "buckets.id", "versions.bucket_id")
    .select([
      "sboms.name",
      "sboms.unreadable_because",
      "buckets.name as bucket_name",
      "versions.fingerprint",
      "builds.component_type",
    ])
    .where("sboms.state", "=", "unreadable")
    .where((e) =>
      "bucketId" in where
        ? e("buckets.id", "=", where.bucketId)
        : e.and([
            e("buckets.project_id", "=", where.projectId),
            // No bucket has the empty name; a list of none is no SQL.
            ...(where.bucketNames === null ? [] : [e("buckets.name", "in", [...where.bucketNames, ""])]),
          ]),
    )
    .orderBy("sboms.id", "desc")
    .limit(unreadableShown)
    .execute();
  return rows.map((row) => ({
    name: row.name,
    because: row.unreadable_because ?? "",
    bucketName: row.bucket_name,
    fingerprint: row.fingerprint,
    componentType: row.component_type,
  }));
}

/** Writes down that bytes are about to be stored, so that they can be found again whatever happens next. */
export async function noteDocument(
  db: Db,
  document: { readonly blobKey: string; readonly bucketId: string },
  now: Millis,
): Promise<void> {
  await db
    .insertInto("sbom_documents")
    .values({ blob_key: document.blobKey, sbom_id: null, bucket_id: document.bucketId, stored_at: now })
    .execute();
}

/** Gives the stored bytes to an SBOM. False when the upload took so long that they were condemned. */
export async function attachDocument(tx: Tx, blobKey: string, sbomId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable("sbom_documents")
    .set({ sbom_id: sbomId })
    .where("blob_key", "=", blobKey)
    .where("stored_at", "<>", condemned)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** As the time of storing: these bytes are about to be removed, and no SBOM can have them any more. */
const condemned = 0;

/** Takes stored bytes that no SBOM has any more, or never had and were stored before `storedBefore`: they are to be removed. */
export async function condemnLeftDocuments(
  db: Db,
  storedBefore: Millis,
  limit: number,
): Promise<{ readonly blobKey: string; readonly bucketId: string }[]> {
  const rows = await db
    .updateTable("sbom_documents")
    .set({ stored_at: condemned })
    .where("blob_key", "in", (e) =>
      e
        .selectFrom("sbom_documents as left")
        .select("left.blob_key")
        .where("left.sbom_id", "is", null)
        .where("left.stored_at", "<", storedBefore)
        .orderBy("left.stored_at")
        .orderBy("left.blob_key")
        .limit(limit),
    )
    // Again: an upload may have taken them between the choice and the lock of the row.
    .where("sbom_id", "is", null)
    .returning(["blob_key", "bucket_id"])
    .execute();
  return rows.map((row) => ({ blobKey: row.blob_key, bucketId: row.bucket_id }));
}

export async function forgetDocument(tx: Tx, blobKey: string): Promise<void> {
  await tx.deleteFrom("sbom_documents").where("blob_key", "=", blobKey).where("sbom_id", "is", null).execute();
}
