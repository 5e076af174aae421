import type { Db } from "../../db/database.ts";
import type { KeysetItems, KeysetPage } from "../../platform/keyset.ts";
import type { Actor } from "../access/index.ts";
import { getBucket, type BucketRef } from "../buckets/index.ts";
import { channelNotFound } from "../channels/index.ts";
import { versionNotFound } from "../versions/index.ts";
import {
  findRelationSubject,
  listRelations,
  type Relation,
  type RelationFilter,
  type RelationSubject,
} from "./ancestry-store.ts";

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
 * not_found/version_not_found. Three statements.
 */
export async function listBucketAncestry(
  db: Db,
  actor: Actor,
  ref: BucketRef,
  query: AncestryQuery,
): Promise<KeysetItems<Relation> & { readonly total: number }> {
  const bucket = await getBucket(db, actor, ref);
  const { channelName, fingerprint } = query;
  const subject = await findRelationSubject(db, bucket.id, {
    ...(channelName === undefined ? {} : { channelName }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  });
  if (channelName !== undefined && subject.channel === undefined) throw channelNotFound(channelName);
  if (fingerprint !== undefined && subject.versionId === undefined) throw versionNotFound(fingerprint);
  return listRelations(db, chooseRelations(bucket.id, subject, query), query.page);
}

function chooseRelations(
  bucketId: string,
  { channel, versionId, latestVersionId }: RelationSubject,
  { parents, children }: AncestryQuery,
): RelationFilter[] {
  const child = versionId ?? (channel === undefined ? latestVersionId : channel.versionId);
  return [
    ...(parents && child !== null ? [{ childVersionId: child }] : []),
    ...(children
      ? [
          {
            childrenOf: versionId === undefined ? { bucketId } : { versionId },
            ...(channel === undefined ? {} : { throughChannelId: channel.id }),
          },
        ]
      : []),
  ];
}
