import type { Tx } from "../../db/database.ts";
import { enqueueJob } from "../../jobs/index.ts";
import type { Millis } from "../../platform/clock.ts";
import { findBucketPlace } from "../buckets/index.ts";
import { eventActor, recordEvent, type EventActor } from "../events/index.ts";
import { describeVersion, findVersions } from "../versions/index.ts";
import { saveBucketParents } from "./bucket-parents-store.ts";
import type { Channel } from "./channel.ts";
import { findFallback, insertAssignment, listChannelsOf, saveChannel } from "./channel-store.ts";

/** The job that is written whenever the version a channel points at changes; done by those who follow channels. */
export const channelMovedJob = "channel-moved";

export interface ChannelMoved {
  readonly channelId: string;
  /** Null: the channel points at nothing now. */
  readonly versionId: string | null;
}

/**
 * Points a channel elsewhere: the row, a line of history (not for null), and the job that tells consumers, in one
 * transaction. The caller holds the lock of the bucket, has checked the version, and wakes the job worker after the
 * commit. Pointing at the same version again changes nothing. `author` null: the registry itself; `actor` is who caused it
 * all the same.
 */
export async function moveChannel(
  tx: Tx,
  channel: Channel,
  to: { readonly versionId: string | null; readonly author: string | null; readonly actor: EventActor },
  now: Millis,
): Promise<Channel> {
  if (channel.versionId === to.versionId) return channel;
  const moved = { ...channel, versionId: to.versionId, author: to.author, updatedAt: now };
  await saveChannel(tx, moved);
  if (channel.managed) await saveBucketParents(tx, channel.bucketId);
  if (to.versionId !== null) {
    await insertAssignment(tx, channel.id, { versionId: to.versionId, author: to.author, assignedAt: now });
  }
  const payload: ChannelMoved = { channelId: channel.id, versionId: to.versionId };
  await enqueueJob(tx, { kind: channelMovedJob, payload }, now);
  await recordAssignment(tx, moved, { actor: to.actor, previousVersionId: channel.versionId }, now);
  return moved;
}

async function recordAssignment(
  tx: Tx,
  channel: Channel,
  move: { readonly actor: EventActor; readonly previousVersionId: string | null },
  now: Millis,
): Promise<void> {
  const ids = [channel.versionId, move.previousVersionId].filter((id) => id !== null);
  const versions = new Map((await findVersions(tx, ids)).map((version) => [version.id, describeVersion(version)]));
  const version = versions.get(channel.versionId ?? "");
  await recordEvent(
    tx,
    {
      kind: "channel.assigned",
      ...(await findBucketPlace(tx, channel.bucketId)),
      workspaceId: null,
      summary: `Channel ${channel.name} of ${channel.bucketName} points at ${version === undefined ? "nothing" : String(version["version"])}`,
      actorName: channel.author,
      data: {
        version: null,
        ...version,
        bucket: channel.bucketName,
        bucketId: channel.bucketId,
        channel: channel.name,
        channelId: channel.id,
        channelAuthor: channel.author,
        managed: channel.managed,
        restricted: channel.restricted,
        previous: versions.get(move.previousVersionId ?? "") ?? null,
        ...eventActor(move.actor),
      },
    },
    now,
  );
}

/**
 * Takes channels off versions that have just been revoked: each goes back to the newest good version of its own history.
 * A channel without one stays where it is, so that its consumers see a revoked version rather than none. The caller
 * holds the locks of the buckets.
 */
export async function rollBackChannels(
  tx: Tx,
  versionIds: readonly string[],
  options: { readonly onlyManaged: boolean; readonly actor: EventActor },
  now: Millis,
): Promise<void> {
  for (const channel of await listChannelsOf(tx, versionIds)) {
    if (options.onlyManaged && !channel.managed) continue;
    const fallback = await findFallback(tx, channel.id, { now });
    if (fallback !== undefined)
      await moveChannel(tx, channel, { versionId: fallback, author: null, actor: options.actor }, now);
  }
}
