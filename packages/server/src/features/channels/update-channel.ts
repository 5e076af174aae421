import type { Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Actor } from "../access/index.ts";
import { lockBucket, type BucketRef } from "../buckets/index.ts";
import { getVersion } from "../versions/index.ts";
import { checkAssignable, type Channel } from "./channel.ts";
import { getChannel, saveChannel } from "./channel-store.ts";
import type { ChannelDeps } from "./create-channel.ts";
import { moveChannel } from "./move-channel.ts";

export interface ChannelChange {
  /** Null: point at nothing. Absent: leave it. */
  readonly fingerprint?: string | null;
  readonly restricted?: boolean;
}

/**
 * Points a channel at a version, at nothing, or changes who may read it; both or neither. The managed channel can be
 * opened and restricted, not pointed. Errors: not_found/bucket_not_found, not_found/channel_not_found,
 * not_found/version_not_found, precondition/channel_managed, and those of {@link checkAssignable}.
 */
export async function updateChannel(
  deps: ChannelDeps,
  actor: Actor,
  ref: BucketRef & { readonly channelName: string },
  change: ChannelChange,
): Promise<Channel> {
  const now = deps.now();
  const channel = await deps.db.transaction().execute(async (tx) => {
    const bucket = await lockBucket(tx, actor, ref);
    const current = await getChannel(tx, { bucketId: bucket.id, name: ref.channelName });
    const pointed =
      change.fingerprint === undefined
        ? current
        : await pointChannel(tx, current, { fingerprint: change.fingerprint, actor }, now);
    if (change.restricted === undefined || change.restricted === pointed.restricted) return pointed;
    const saved = { ...pointed, restricted: change.restricted, author: actor.name, updatedAt: now };
    await saveChannel(tx, saved);
    return saved;
  });
  if (change.fingerprint !== undefined) deps.wakeJobs();
  return channel;
}

async function pointChannel(
  tx: Tx,
  channel: Channel,
  to: { readonly fingerprint: string | null; readonly actor: Actor },
  now: Millis,
): Promise<Channel> {
  if (channel.managed) {
    throw new DomainError(
      "precondition",
      "channel_managed",
      `The channel ${channel.name} is managed by the registry and always points at the latest complete version.`,
    );
  }
  if (to.fingerprint === null)
    return moveChannel(tx, channel, { versionId: null, author: to.actor.name, actor: to.actor }, now);
  const version = await getVersion(tx, { bucketId: channel.bucketId, fingerprint: to.fingerprint });
  // What a channel points at already may have been revoked since: saying so again is no promotion.
  if (version.id !== channel.versionId) checkAssignable(version, now);
  return moveChannel(tx, channel, { versionId: version.id, author: to.actor.name, actor: to.actor }, now);
}
