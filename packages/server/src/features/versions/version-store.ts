import type { Db, Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import { keyOf, keyset, sortedColumns } from "../../db/keyset.ts";
import { isAmong, prepareQuery } from "../../db/prepared-query.ts";
import type { Versions } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { versionNotFound, type Revocation, type TemplateType, type Version } from "./version.ts";

export type VersionOrder = "created_at" | "updated_at" | "fingerprint";

/**
 * With the name of the bucket, whether something was built from it, and the ancestor of an inherited revocation: what every
 * reader of a version is shown. For stores that read more beside it.
 */
export function selectVersions(db: Db) {
  return db
    .selectFrom("versions")
    .innerJoin("buckets", "buckets.id", "versions.bucket_id")
    .leftJoin("versions as ancestor", "ancestor.id", "versions.revocation_inherited_from")
    .leftJoin("buckets as ancestor_bucket", "ancestor_bucket.id", "ancestor.bucket_id")
    .selectAll("versions")
    .select([
      "buckets.name as bucket_name",
      "ancestor.number as ancestor_number",
      "ancestor.fingerprint as ancestor_fingerprint",
      "ancestor_bucket.name as ancestor_bucket_name",
      (e) =>
        e
          .selectFrom("builds as child")
          .select("child.id")
          .whereRef("child.parent_version_id", "=", "versions.id")
          .limit(1)
          .as("child_build_id"),
    ]);
}

export interface VersionRow extends Versions {
  bucket_name: string;
  ancestor_number: number | null;
  ancestor_fingerprint: string | null;
  ancestor_bucket_name: string | null;
  child_build_id: string | null;
}

export function toVersion(row: VersionRow): Version {
  return {
    id: row.id,
    bucketId: row.bucket_id,
    bucketName: row.bucket_name,
    fingerprint: row.fingerprint,
    number: row.number,
    templateType: row.template_type as TemplateType,
    author: row.author,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    revocation: toRevocation(row),
    hasDescendants: row.child_build_id !== null,
  };
}

function toRevocation(row: VersionRow): Revocation | null {
  if (row.revoke_at === null) return null;
  const { revocation_inherited_from: id, ancestor_bucket_name: bucketName, ancestor_fingerprint: fingerprint } = row;
  return {
    revokeAt: row.revoke_at,
    message: row.revocation_message ?? "",
    author: row.revocation_author ?? "",
    type: row.revocation_type === "inherited" ? "inherited" : "manual",
    cascades: row.revocation_cascades === 1,
    inheritedFromId: id,
    inheritedFrom:
      id === null || bucketName === null || fingerprint === null
        ? null
        : { versionId: id, bucketName, number: row.ancestor_number, fingerprint },
  };
}

/** Undefined when the bucket has a version of this fingerprint already. */
export async function insertVersion(
  tx: Tx,
  version: {
    readonly bucketId: string;
    readonly fingerprint: string;
    readonly templateType: TemplateType;
    readonly author: string;
  },
  now: Millis,
): Promise<string | undefined> {
  const row = await tx
    .insertInto("versions")
    .values({
      id: newUlid(),
      bucket_id: version.bucketId,
      fingerprint: version.fingerprint,
      number: null,
      template_type: version.templateType,
      author: version.author,
      created_at: now,
      updated_at: now,
      revoke_at: null,
      revocation_message: null,
      revocation_author: null,
      revocation_type: null,
      revocation_cascades: 0,
      revocation_inherited_from: null,
    })
    .onConflict((c) => c.columns(["bucket_id", "fingerprint"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (row !== undefined) await countVersions(tx, version.bucketId, 1);
  return row?.id;
}

/** The caller holds the lock of the bucket. */
async function countVersions(tx: Tx, bucketId: string, more: number): Promise<void> {
  await tx
    .updateTable("buckets")
    .set((e) => ({ version_count: e("version_count", "+", more) }))
    .where("id", "=", bucketId)
    .execute();
}

export async function findVersion(
  db: Db,
  key: { readonly bucketId: string; readonly fingerprint: string },
): Promise<Version | undefined> {
  const [row] = await findByFingerprint(db, key);
  return row && toVersion(row);
}

const findByFingerprint = prepareQuery((db, key: { bucketId: string; fingerprint: string }) =>
  selectVersions(db).where("versions.bucket_id", "=", key.bucketId).where("versions.fingerprint", "=", key.fingerprint),
);

/** As {@link findVersion}. Errors: not_found/version_not_found. */
export async function getVersion(
  db: Db,
  key: { readonly bucketId: string; readonly fingerprint: string },
): Promise<Version> {
  const version = await findVersion(db, key);
  if (version === undefined) throw versionNotFound(key.fingerprint);
  return version;
}

/** Versions by id, in no particular order; ids that do not exist are left out. */
export async function findVersions(db: Db, ids: readonly string[]): Promise<Version[]> {
  const rows = await inChunks([...new Set(ids)], (chunk) => findByIds(db, { ids: chunk }));
  return rows.map(toVersion);
}

const findByIds = prepareQuery((db, { ids }: { ids: readonly string[] }) =>
  selectVersions(db).where(isAmong(db, "versions.id", ids)),
);

/** One page of a bucket's versions, incomplete and revoked ones included. */
export async function listVersions(
  db: Db,
  list: {
    readonly bucketId: string;
    readonly page: KeysetPage;
    readonly sorting: readonly { readonly field: VersionOrder; readonly descending: boolean }[];
  },
): Promise<KeysetItems<Version>> {
  const rows = await selectVersions(db)
    .where("versions.bucket_id", "=", list.bucketId)
    .$call(keyset({ by: sortedColumns("versions", list.sorting), id: "versions.id" }, list.page))
    .execute();
  const cut = cutPage(rows, list.page, (row) => keyOf(row, list.sorting));
  return { ...cut, items: cut.items.map(toVersion) };
}

/** The newest version of a bucket that is complete and not revoked at this moment; `not` is passed over. */
export async function findNewestValidVersion(
  db: Db,
  bucketId: string,
  now: Millis,
  options: { readonly not?: string } = {},
): Promise<Version | undefined> {
  let query = selectVersions(db)
    .where("versions.bucket_id", "=", bucketId)
    .where("versions.number", "is not", null)
    .where((e) => e.or([e("versions.revoke_at", "is", null), e("versions.revoke_at", ">", now)]));
  if (options.not !== undefined) query = query.where("versions.id", "!=", options.not);
  const row = await query.orderBy("versions.number", "desc").limit(1).executeTakeFirst();
  return row && toVersion(row);
}

/** Names a complete version: one more than the highest number that is left. The caller holds the bucket's lock. */
export async function numberVersion(
  tx: Tx,
  version: { readonly id: string; readonly bucketId: string },
  now: Millis,
): Promise<number> {
  const { highest } = await tx
    .selectFrom("versions")
    .select((e) => e.fn.max("number").as("highest"))
    .where("bucket_id", "=", version.bucketId)
    .executeTakeFirstOrThrow();
  const number = Number(highest ?? 0) + 1;
  await tx.updateTable("versions").set({ number, updated_at: now }).where("id", "=", version.id).execute();
  return number;
}

/** Writes one revocation, or none, on all of these versions. */
export async function saveRevocation(
  tx: Tx,
  ids: readonly string[],
  revocation: Omit<Revocation, "inheritedFrom"> | null,
  now: Millis,
): Promise<void> {
  const values = {
    revoke_at: revocation?.revokeAt ?? null,
    revocation_message: revocation?.message ?? null,
    revocation_author: revocation?.author ?? null,
    revocation_type: revocation?.type ?? null,
    revocation_cascades: revocation?.cascades === true ? 1 : 0,
    revocation_inherited_from: revocation?.inheritedFromId ?? null,
    updated_at: now,
  };
  await inChunks(ids, (chunk) => tx.updateTable("versions").set(values).where("id", "in", chunk).execute());
}

/** Removes the version with its builds, artifacts and its lines in the history of channels. */
export async function deleteVersionRow(tx: Tx, version: Pick<Version, "id" | "bucketId">): Promise<void> {
  const { numDeletedRows } = await tx.deleteFrom("versions").where("id", "=", version.id).executeTakeFirstOrThrow();
  await countVersions(tx, version.bucketId, -Number(numDeletedRows));
}
