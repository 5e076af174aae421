import { sql } from "kysely";
import { isPostgres, type Db, type Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import { keyset } from "../../db/keyset.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { relationStatus, type AncestryStatus, type Edge } from "./ancestry.ts";

/**
 * Locks the family tree of a project until the transaction ends: taken by whatever adds an edge or carries a revocation
 * along edges, so that a child recorded during a revocation cannot escape it. Taken before any lock of a bucket.
 */
export async function lockAncestry(tx: Tx, projectId: string): Promise<void> {
  const query = tx.selectFrom("projects").select("id").where("id", "=", projectId);
  // A weaker lock than FOR UPDATE, which would hold up every insert that refers to the project.
  await (isPostgres(tx) ? query.forNoKeyUpdate() : query).execute();
}

/** All edges below a version, however far. An edge that several builds have is one edge. */
export async function listEdgesBelow(db: Db, versionId: string): Promise<Edge[]> {
  const rows = await db
    .withRecursive("reached(id)", (q) =>
      q
        .selectFrom("versions")
        .select("versions.id")
        .where("versions.id", "=", versionId)
        .union(
          q
            .selectFrom("builds")
            .innerJoin("reached", "reached.id", "builds.parent_version_id")
            .select("builds.version_id as id"),
        ),
    )
    .selectFrom("builds")
    .innerJoin("reached", "reached.id", "builds.parent_version_id")
    .select(["builds.parent_version_id as parent", "builds.version_id as child"])
    .distinct()
    .execute();
  return rows.map((row) => ({ parentId: row.parent as string, childId: row.child }));
}

/** All edges above these versions, however far; an edge may come more than once. */
export async function listEdgesAbove(db: Db, versionIds: readonly string[]): Promise<Edge[]> {
  const rows = await inChunks(versionIds, (chunk) =>
    db
      .withRecursive("reached(id)", (q) =>
        q
          .selectFrom("versions")
          .select("versions.id")
          .where("versions.id", "in", chunk)
          .union(
            q
              .selectFrom("builds")
              .innerJoin("reached", "reached.id", "builds.version_id")
              .innerJoin("versions as parent", "parent.id", "builds.parent_version_id")
              .select("parent.id as id"),
          ),
      )
      .selectFrom("builds")
      .innerJoin("reached", "reached.id", "builds.version_id")
      .select(["builds.parent_version_id as parent", "builds.version_id as child"])
      .where("builds.parent_version_id", "is not", null)
      .distinct()
      .execute(),
  );
  return rows.map((row) => ({ parentId: row.parent as string, childId: row.child }));
}

/** The buckets of these versions, each once. */
export async function listBucketsOf(db: Db, versionIds: readonly string[]): Promise<string[]> {
  const rows = await inChunks(versionIds, (chunk) =>
    db.selectFrom("versions").select("bucket_id").distinct().where("id", "in", chunk).execute(),
  );
  return [...new Set(rows.map((row) => row.bucket_id))];
}

/** The bucket of a version of the project, and whether this channel of it exists. */
export async function findParent(
  db: Db,
  key: { readonly projectId: string; readonly versionId: string; readonly channelId: string | null },
): Promise<{ readonly bucketName: string; readonly channelExists: boolean } | undefined> {
  const row = await db
    .selectFrom("versions")
    .innerJoin("buckets", "buckets.id", "versions.bucket_id")
    .leftJoin("channels", (j) =>
      j.onRef("channels.bucket_id", "=", "buckets.id").on("channels.id", "=", key.channelId ?? ""),
    )
    .select(["buckets.name as bucket_name", "channels.id as channel_id"])
    .where("versions.id", "=", key.versionId)
    .where("buckets.project_id", "=", key.projectId)
    .executeTakeFirst();
  return row && { bucketName: row.bucket_name, channelExists: row.channel_id !== null };
}

interface RelatedVersion {
  readonly bucketName: string;
  readonly versionId: string;
  readonly number: number | null;
  readonly fingerprint: string;
}

/** A version that was built from another, as shown to readers. */
export interface Relation {
  readonly status: AncestryStatus;
  readonly parent: RelatedVersion;
  readonly child: RelatedVersion;
  /** The channel the parent came through, when it still exists, and what it points at now. */
  readonly channel: {
    readonly name: string;
    readonly version: { readonly id: string; readonly number: number | null; readonly fingerprint: string } | null;
  } | null;
}

/** What a list of relations is about; what was asked for and does not exist is undefined. */
export interface RelationSubject {
  readonly latestVersionId: string | null;
  readonly channel?: { readonly id: string; readonly versionId: string | null };
  readonly versionId?: string;
}

/** The channel and the version of a bucket that a list of relations is about, with its latest version. One statement. */
export async function findRelationSubject(
  db: Db,
  bucketId: string,
  names: { readonly channelName?: string; readonly fingerprint?: string },
): Promise<RelationSubject> {
  const row = await db
    .selectFrom("buckets")
    .leftJoin("channels as latest", (j) => j.onRef("latest.bucket_id", "=", "buckets.id").on("latest.managed", "=", 1))
    .leftJoin("channels as named", (j) =>
      j.onRef("named.bucket_id", "=", "buckets.id").on("named.name", "=", names.channelName ?? ""),
    )
    .leftJoin("versions", (j) =>
      j.onRef("versions.bucket_id", "=", "buckets.id").on("versions.fingerprint", "=", names.fingerprint ?? ""),
    )
    .select([
      "latest.version_id as latest_version_id",
      "named.id as channel_id",
      "named.version_id as channel_version_id",
      "versions.id as version_id",
    ])
    .where("buckets.id", "=", bucketId)
    .executeTakeFirst();
  return {
    latestVersionId: row?.latest_version_id ?? null,
    ...(row?.channel_id ? { channel: { id: row.channel_id, versionId: row.channel_version_id } } : {}),
    ...(row?.version_id ? { versionId: row.version_id } : {}),
  };
}

export type RelationFilter =
  /** Relations of this version with its parents. */
  | { readonly childVersionId: string }
  /** Relations of a version, or of all versions of a bucket, with its children. */
  | {
      /** The latest version of each bucket that was built from one of this bucket. */
      readonly childrenOf:
        | { readonly bucketId: string }
        /** All that was built from this version, whether they are the latest of their bucket or not. */
        | { readonly versionId: string };
      /** Only children whose parent came through this channel. */
      readonly throughChannelId?: string;
    };

/** One page of relations, those of several filters together, and how many there are in all. One statement. */
export async function listRelations(
  db: Db,
  filters: readonly RelationFilter[],
  page: KeysetPage,
): Promise<KeysetItems<Relation> & { readonly total: number }> {
  const [first, ...others] = filters.map((filter) => selectRelations(db, filter));
  if (first === undefined) return { items: [], previous: null, next: null, total: 0 };
  const related = others.reduce((all, other) => all.union(other), first);
  const onPage = keyset({ column: "related.child_bucket", id: "related.relation_id", descending: false }, page);
  const direction = page.cursor?.side === "before" ? "desc" : "asc";
  // The count is there even when the page is empty.
  const counted = await db
    .with("related", () => related)
    .selectFrom((e) =>
      e
        .selectFrom("related")
        .select((c) => c.fn.countAll<number>().as("total"))
        .as("counted"),
    )
    .leftJoin(
      (e) => e.selectFrom("related").selectAll("related").$call(onPage).as("relation"),
      (j) => j.onTrue(),
    )
    .selectAll()
    .orderBy("relation.child_bucket", direction)
    .orderBy("relation.relation_id", direction)
    .execute();
  const total = Number(counted[0]?.total ?? 0);
  const rows = counted.flatMap((row) => (row.relation_id === null ? [] : [row as RelationRow]));
  const cut = cutPage(rows, page, (row) => [row.child_bucket, row.relation_id]);
  return {
    ...cut,
    total,
    items: cut.items.map((row) => ({
      status: relationStatus({ parentVersionId: row.parent_id, channelVersionId: row.current_id }),
      parent: {
        bucketName: row.parent_bucket,
        versionId: row.parent_id,
        number: row.parent_number,
        fingerprint: row.parent_fingerprint,
      },
      child: {
        bucketName: row.child_bucket,
        versionId: row.child_id,
        number: row.child_number,
        fingerprint: row.child_fingerprint,
      },
      channel:
        row.channel_name === null
          ? null
          : {
              name: row.channel_name,
              version:
                row.current_id === null || row.current_fingerprint === null
                  ? null
                  : { id: row.current_id, number: row.current_number, fingerprint: row.current_fingerprint },
            },
    })),
  };
}

interface RelationRow {
  parent_id: string;
  parent_number: number | null;
  parent_fingerprint: string;
  parent_bucket: string;
  child_id: string;
  child_number: number | null;
  child_fingerprint: string;
  child_bucket: string;
  channel_name: string | null;
  current_id: string | null;
  current_number: number | null;
  current_fingerprint: string | null;
  relation_id: string;
}

/** Distinct, since several builds of one version may have the same parent: one relation. */
function selectRelations(db: Db, filter: RelationFilter) {
  let builds = db
    .selectFrom("builds")
    .innerJoin("versions as pv", "pv.id", "builds.parent_version_id")
    .innerJoin("buckets as pb", "pb.id", "pv.bucket_id")
    .innerJoin("versions as cv", "cv.id", "builds.version_id")
    .innerJoin("buckets as cb", "cb.id", "cv.bucket_id")
    .leftJoin("channels as pc", "pc.id", "builds.parent_channel_id")
    .leftJoin("versions as current", "current.id", "pc.version_id")
    .select([
      "pv.id as parent_id",
      "pv.number as parent_number",
      "pv.fingerprint as parent_fingerprint",
      "pb.name as parent_bucket",
      "cv.id as child_id",
      "cv.number as child_number",
      "cv.fingerprint as child_fingerprint",
      "cb.name as child_bucket",
      "pc.name as channel_name",
      "current.id as current_id",
      "current.number as current_number",
      "current.fingerprint as current_fingerprint",
      sql<string>`pv.id || cv.id || coalesce(pc.id, '')`.as("relation_id"),
    ])
    .distinct();
  if ("childVersionId" in filter) return builds.where("builds.version_id", "=", filter.childVersionId);
  const { childrenOf, throughChannelId } = filter;
  if (throughChannelId !== undefined) builds = builds.where("builds.parent_channel_id", "=", throughChannelId);
  if ("versionId" in childrenOf) return builds.where("builds.parent_version_id", "=", childrenOf.versionId);
  return builds.where("builds.id", "in", (e) =>
    e
      .selectFrom("bucket_parents")
      .select("bucket_parents.build_id")
      .where("bucket_parents.parent_bucket_id", "=", childrenOf.bucketId),
  );
}

export interface Descendant {
  readonly versionId: string;
  readonly bucketName: string;
  readonly number: number | null;
}

/** Names for these versions. */
export async function nameVersions(db: Db, versionIds: readonly string[]): Promise<Descendant[]> {
  const rows = await inChunks(versionIds, (chunk) =>
    db
      .selectFrom("versions")
      .innerJoin("buckets", "buckets.id", "versions.bucket_id")
      .select(["versions.id", "versions.number", "buckets.name"])
      .where("versions.id", "in", chunk)
      .execute(),
  );
  return rows.map((row) => ({ versionId: row.id, bucketName: row.name, number: row.number }));
}
