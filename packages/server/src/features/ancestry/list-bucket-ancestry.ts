import type { Db } from "../../db/database.ts";
import type { KeysetItems, KeysetPage } from "../../platform/keyset.ts";
import type { Actor } from "../access/index.ts";
import { getBucket, summarizeBucket, type BucketRef } from "../buckets/index.ts";
import { getChannel } from "../channels/index.ts";
import { getVersion } from "../versions/index.ts";
import { listRelations, type Relation, type RelationFilter } from "./ancestry-store.ts";

export interface AncestryQuery {
  readonly parents: boolean;
  readonly children: boolean;
  /** Parents of the version this channel points at; children whose parent came through this channel. */
  readonly channelName?: string;
  /** Parents of this version; children of this version. */
  readonly fingerprint?: string;
  readonly page: KeysetPage;
}

/**
 * The direct relations of a bucket: the parents of its latest version (or of the one chosen), and the buckets whose
 * latest version was built from any of its versions. Errors: not_found/bucket_not_found, not_found/channel_not_found,
 * not_found/version_not_found.
 */
export async function listBucketAncestry(
  db: Db,
  actor: Actor,
  ref: BucketRef,
  query: AncestryQuery,
): Promise<KeysetItems<Relation> & { readonly total: number }> {
  const bucket = await getBucket(db, actor, ref);
  const channel =
    query.channelName === undefined
      ? undefined
      : await getChannel(db, { bucketId: bucket.id, name: query.channelName });
  const version =
    query.fingerprint === undefined
      ? undefined
      : await getVersion(db, { bucketId: bucket.id, fingerprint: query.fingerprint });
  const filters: RelationFilter[] = [];
  if (query.parents) {
    const chosen = version?.id ?? (channel === undefined ? await findLatest(db, bucket.id) : channel.versionId);
    if (chosen !== null) filters.push({ childVersionId: chosen });
  }
  if (query.children) {
    filters.push({
      parentBucketId: bucket.id,
      ...(version === undefined ? {} : { parentVersionId: version.id }),
      ...(channel === undefined ? {} : { parentChannelId: channel.id }),
    });
  }
  return listRelations(db, filters, query.page);
}

async function findLatest(db: Db, bucketId: string): Promise<string | null> {
  return (await summarizeBucket(db, bucketId))?.latestVersionId ?? null;
}
