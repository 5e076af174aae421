import { sql } from "kysely";
import { forUpdate, type Db, type Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import { keyOf, keyset, sortedColumns } from "../../db/keyset.ts";
import { prepareQuery } from "../../db/prepared-query.ts";
import type { Buckets } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { canSee, type Actor, type Place } from "../access/index.ts";
import { bucketNotFound, type Bucket, type BucketRef, type Labels } from "./bucket.ts";
import { registryDeactivated } from "./registry.ts";

function toBucket(row: Buckets): Bucket {
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    description: row.description,
    labels: JSON.parse(row.labels) as Labels,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** Where a bucket is that the caller has read before, in this transaction. */
export async function findBucketPlace(db: Db, bucketId: string): Promise<Place> {
  const row = await db
    .selectFrom("buckets")
    .innerJoin("projects", "projects.id", "buckets.project_id")
    .select(["projects.id", "projects.organization_id"])
    .where("buckets.id", "=", bucketId)
    .executeTakeFirstOrThrow();
  return { organizationId: row.organization_id, projectId: row.id };
}

/** A bucket with what its readers are shown next to it. */
export interface BucketSummary extends Bucket {
  readonly versionCount: number;
  /** The version that the managed channel `latest` points at. */
  readonly latestVersionId: string | null;
  /** The worst relation of any bucket whose latest version was built from this one; null when there is none. */
  readonly children: "up_to_date" | "undetermined" | "out_of_date" | null;
}

export type BucketOrder = "name" | "created_at" | "updated_at";

/** False when the project has a bucket of this name already. */
export async function insertBucket(
  tx: Tx,
  bucket: {
    readonly projectId: string;
    readonly name: string;
    readonly description: string;
    readonly labels: Labels;
  },
  now: Millis,
): Promise<Bucket | undefined> {
  const row = await tx
    .insertInto("buckets")
    .values({
      id: newUlid(),
      project_id: bucket.projectId,
      name: bucket.name,
      description: bucket.description,
      labels: JSON.stringify(bucket.labels),
      created_at: now,
      updated_at: now,
      version_count: 0,
    })
    .onConflict((c) => c.columns(["project_id", "name"]).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toBucket(row);
}

/** The bucket, for an actor who can see it. Errors: not_found/bucket_not_found, forbidden/role_too_low. */
export async function getBucket(db: Db, actor: Actor, ref: BucketRef): Promise<Bucket> {
  const { organizationId, projectId, name } = ref;
  const bucket = canSee(actor, { organizationId, projectId, bucketName: name }) ? await findBucket(db, ref) : undefined;
  if (bucket === undefined) throw bucketNotFound(ref.name);
  return bucket;
}

// The project must belong to the organization of the path: an actor of a whole organization can see every project id of
// its own organization, and nothing else.
async function findBucket(db: Db, ref: BucketRef): Promise<Bucket | undefined> {
  const { organizationId, projectId, name } = ref;
  const [row] = await findByName(db, { organizationId, projectId, name });
  return row && toBucket(row);
}

const findByName = prepareQuery((db, ref: { organizationId: string; projectId: string; name: string }) =>
  db
    .selectFrom("buckets")
    .innerJoin("projects", "projects.id", "buckets.project_id")
    .selectAll("buckets")
    .where("projects.organization_id", "=", ref.organizationId)
    .where("buckets.project_id", "=", ref.projectId)
    .where("buckets.name", "=", ref.name),
);

/**
 * Locks the bucket until the transaction ends. Everything that writes below a bucket (versions, builds, channels) takes
 * this lock first, so that no two writers of one bucket interleave. Errors: not_found/bucket_not_found,
 * forbidden/role_too_low, precondition/registry_deactivated.
 */
export async function lockBucket(tx: Tx, actor: Actor, ref: BucketRef): Promise<Bucket> {
  const { id } = await getBucket(tx, actor, ref);
  const row = await tx
    .selectFrom("buckets")
    .selectAll()
    .select((e) =>
      e
        .selectFrom("registries")
        .select("registries.activated")
        .whereRef("registries.project_id", "=", "buckets.project_id")
        .as("registry_activated"),
    )
    .where("id", "=", id)
    .$call(forUpdate(tx))
    .executeTakeFirst();
  if (row === undefined) throw bucketNotFound(ref.name);
  if (row.registry_activated === 0) throw registryDeactivated(row.project_id);
  return toBucket(row);
}

/** Locks several buckets, always in the order of their ids, so that two callers cannot wait for each other. */
export async function lockBuckets(tx: Tx, ids: readonly string[]): Promise<void> {
  const sorted = [...ids].sort((a, b) => (a < b ? -1 : 1));
  await inChunks(sorted, (chunk) =>
    tx.selectFrom("buckets").select("id").where("id", "in", chunk).orderBy("id").$call(forUpdate(tx)).execute(),
  );
}

/** One page of a project's buckets, or of those of them with these names. */
export async function listBuckets(
  db: Db,
  list: {
    readonly projectId: string;
    /** Null: all of them. */
    readonly names: readonly string[] | null;
    readonly page: KeysetPage;
    readonly sorting: readonly { readonly field: BucketOrder; readonly descending: boolean }[];
  },
): Promise<KeysetItems<BucketSummary>> {
  const rows = await selectSummaries(db)
    .where("buckets.project_id", "=", list.projectId)
    .$if(list.names !== null, (query) => query.where("buckets.name", "in", list.names ?? []))
    .$call(keyset({ by: sortedColumns("buckets", list.sorting), id: "buckets.id" }, list.page))
    .execute();
  const cut = cutPage(rows, list.page, (row) => keyOf(row, list.sorting));
  return { ...cut, items: cut.items.map(toSummary) };
}

/** The bucket with what is shown next to it. The id comes from a bucket that the caller has been allowed to see. */
export async function summarizeBucket(db: Db, id: string): Promise<BucketSummary | undefined> {
  const [row] = await findSummary(db, { id });
  return row && toSummary(row);
}

const findSummary = prepareQuery((db, { id }: { id: string }) => selectSummaries(db).where("buckets.id", "=", id));

function selectSummaries(db: Db) {
  return db
    .selectFrom("buckets")
    .leftJoin("channels", (j) => j.onRef("channels.bucket_id", "=", "buckets.id").on("channels.managed", "=", 1))
    .selectAll("buckets")
    .select(["channels.version_id as latest_version_id", childrenRank.as("children_rank")]);
}

/**
 * For stores that read summaries of buckets beside something else: 2: some child is out of date, 1: nothing worse than
 * undetermined, 0: all up to date. Only the latest version of a bucket counts as its child. Source: hcp-packer-2023-01-01,
 * Bucket.children.
 */
export const childrenRank = sql<number | null>`(
  select max(case when pc.version_id is null then 1 when pc.version_id <> bp.parent_version_id then 2 else 0 end)
  from bucket_parents bp
  left join channels pc on pc.id = bp.parent_channel_id
  where bp.parent_bucket_id = buckets.id)`;

export interface SummaryRow extends Buckets {
  latest_version_id: string | null;
  children_rank: number | null;
}

const childrenByRank = ["up_to_date", "undetermined", "out_of_date"] as const;

export function toSummary(row: SummaryRow): BucketSummary {
  return {
    ...toBucket(row),
    versionCount: row.version_count,
    latestVersionId: row.latest_version_id,
    children: row.children_rank === null ? null : (childrenByRank[row.children_rank] ?? null),
  };
}

/** Sets what is given and leaves the rest. */
export async function saveBucket(
  tx: Tx,
  id: string,
  change: { readonly description?: string; readonly labels?: Labels },
  now: Millis,
): Promise<void> {
  await tx
    .updateTable("buckets")
    .set({
      updated_at: now,
      ...(change.description === undefined ? {} : { description: change.description }),
      ...(change.labels === undefined ? {} : { labels: JSON.stringify(change.labels) }),
    })
    .where("id", "=", id)
    .execute();
}

/** Removes the bucket with its versions, builds, artifacts, channels and history. */
export async function deleteBucketRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("buckets").where("id", "=", id).execute();
}
