import type { Db, Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Actor } from "../access/index.ts";
import { lockBucket, type BucketRef } from "../buckets/index.ts";
import { getVersion, type Version } from "../versions/index.ts";
import { checkAssignable, parseChannelName, type Channel } from "./channel.ts";
import { countChannels, getChannel, insertChannel } from "./channel-store.ts";
import { moveChannel } from "./move-channel.ts";

export interface ChannelDeps {
  readonly db: Db;
  readonly now: Clock;
  /** Called after a commit that wrote a job. */
  readonly wakeJobs: () => void;
}

// All channels of a bucket come in one answer.
const channelsMax = 500;

/**
 * Opens a channel, empty or pointing at a version. Errors: not_found/bucket_not_found, not_found/version_not_found,
 * invalid/name, conflict/channel_exists, precondition/too_many_channels, and those of {@link checkAssignable}.
 */
export async function createChannel(
  deps: ChannelDeps,
  actor: Actor,
  ref: BucketRef,
  content: { readonly name: string; readonly fingerprint?: string; readonly restricted: boolean },
): Promise<Channel> {
  const name = parseChannelName(content.name);
  const now = deps.now();
  const channel = await deps.db.transaction().execute(async (tx) => {
    const bucket = await lockBucket(tx, actor, ref);
    const version = await findContent(tx, bucket.id, content.fingerprint);
    if (version !== undefined) checkAssignable(version, now);
    const row = {
      bucketId: bucket.id,
      name,
      author: actor.name,
      managed: false,
      restricted: content.restricted,
    };
    if (!(await insertChannel(tx, row, now))) {
      throw new DomainError("conflict", "channel_exists", `The channel with identifier ${name} already exists.`);
    }
    if ((await countChannels(tx, bucket.id)) > channelsMax) {
      throw new DomainError(
        "precondition",
        "too_many_channels",
        `The bucket ${bucket.name} has ${channelsMax} channels, which is as many as a bucket may have. Delete one first.`,
      );
    }
    const created = await getChannel(tx, row);
    return moveChannel(tx, created, { versionId: version?.id ?? null, author: actor.name, actor }, now);
  });
  if (channel.versionId !== null) deps.wakeJobs();
  return channel;
}

async function findContent(tx: Tx, bucketId: string, fingerprint: string | undefined): Promise<Version | undefined> {
  return fingerprint === undefined ? undefined : getVersion(tx, { bucketId, fingerprint });
}
