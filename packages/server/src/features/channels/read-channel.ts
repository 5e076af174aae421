import type { Db } from "../../db/database.ts";
import type { KeysetItems, KeysetPage } from "../../platform/keyset.ts";
import type { Actor } from "../access/index.ts";
import { getBucket, type BucketRef } from "../buckets/index.ts";
import { channelNotFound, checkReadable, mayReadRestricted, type Channel, type ChannelAssignment } from "./channel.ts";
import { findChannelHistory, getChannel, listChannels } from "./channel-store.ts";

/** Errors: not_found/bucket_not_found, not_found/channel_not_found, forbidden/channel_restricted. */
export async function readChannel(
  db: Db,
  actor: Actor,
  ref: BucketRef & { readonly channelName: string },
): Promise<Channel> {
  const bucket = await getBucket(db, actor, ref);
  const channel = await getChannel(db, { bucketId: bucket.id, name: ref.channelName });
  checkReadable(channel, actor, ref);
  return channel;
}

/** Every channel of the bucket that the actor may read, by name. Errors: not_found/bucket_not_found. */
export async function readChannels(db: Db, actor: Actor, ref: BucketRef): Promise<Channel[]> {
  const bucket = await getBucket(db, actor, ref);
  return listChannels(db, { bucketId: bucket.id, withRestricted: mayReadRestricted(actor, ref) });
}

/** What the channel has pointed at, newest first. Errors: as {@link readChannel}. */
export async function readChannelHistory(
  db: Db,
  actor: Actor,
  ref: BucketRef & { readonly channelName: string },
  page: KeysetPage,
): Promise<KeysetItems<ChannelAssignment> & { readonly total: number }> {
  const bucket = await getBucket(db, actor, ref);
  const history = await findChannelHistory(db, { bucketId: bucket.id, name: ref.channelName }, page);
  if (history === undefined) throw channelNotFound(ref.channelName);
  checkReadable(history.channel, actor, ref);
  return history;
}
