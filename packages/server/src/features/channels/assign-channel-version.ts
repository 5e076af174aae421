import { DomainError } from "../../platform/errors.ts";
import type { Actor } from "../access/index.ts";
import { lockBucket, type BucketRef } from "../buckets/index.ts";
import { findVersions, type Version } from "../versions/index.ts";
import { checkAssignable, type Channel } from "./channel.ts";
import { getChannel } from "./channel-store.ts";
import type { ChannelDeps } from "./create-channel.ts";
import { moveChannel } from "./move-channel.ts";

/**
 * Points one channel at what another points at. Errors: not_found/bucket_not_found, not_found/channel_not_found,
 * precondition/channel_managed, precondition/source_unassigned, and those of {@link checkAssignable}.
 */
export async function assignChannelVersion(
  deps: ChannelDeps,
  actor: Actor,
  ref: BucketRef,
  names: { readonly source: string; readonly target: string },
): Promise<{ readonly version: Version; readonly source: Channel; readonly target: Channel }> {
  const now = deps.now();
  const result = await deps.db.transaction().execute(async (tx) => {
    const bucket = await lockBucket(tx, actor, ref);
    const source = await getChannel(tx, { bucketId: bucket.id, name: names.source });
    const target = await getChannel(tx, { bucketId: bucket.id, name: names.target });
    if (target.managed) {
      throw new DomainError(
        "precondition",
        "channel_managed",
        `The channel ${target.name} is managed by the registry and cannot be assigned.`,
      );
    }
    const [version] = source.versionId === null ? [] : await findVersions(tx, [source.versionId]);
    if (version === undefined) {
      throw new DomainError(
        "precondition",
        "source_unassigned",
        `The channel ${source.name} has no version that could be assigned to ${target.name}.`,
      );
    }
    checkAssignable(version, now);
    return {
      version,
      source,
      target: await moveChannel(tx, target, { versionId: version.id, author: actor.name, actor }, now),
    };
  });
  deps.wakeJobs();
  return result;
}
