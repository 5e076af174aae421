import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Actor } from "../access/index.ts";
import { lockBucket, type BucketRef } from "../buckets/index.ts";
import { deleteChannelRow, getChannel } from "./channel-store.ts";

/** Removes a channel with its history. Errors: not_found/bucket_not_found, not_found/channel_not_found, precondition/channel_managed. */
export async function deleteChannel(
  deps: { readonly db: Db },
  actor: Actor,
  ref: BucketRef & { readonly channelName: string },
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    const bucket = await lockBucket(tx, actor, ref);
    const channel = await getChannel(tx, { bucketId: bucket.id, name: ref.channelName });
    if (channel.managed) {
      throw new DomainError(
        "precondition",
        "channel_managed",
        `The channel ${channel.name} is managed by the registry and cannot be deleted.`,
      );
    }
    await deleteChannelRow(tx, channel.id);
  });
}
