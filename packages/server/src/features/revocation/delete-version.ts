import { DomainError } from "../../platform/errors.ts";
import type { Actor } from "../access/index.ts";
import { lockBucket } from "../buckets/index.ts";
import { eventActor, recordEvent } from "../events/index.ts";
import { findFallback, listChannelsOf, moveChannel } from "../channels/index.ts";
import {
  deleteVersionRow,
  describeVersion,
  findNewestValidVersion,
  getVersion,
  readVersionContent,
  versionName,
} from "../versions/index.ts";
import type { RevocationDeps, VersionRef } from "./revoke-version.ts";

/**
 * Removes a version with its builds and artifacts. `latest` goes to the newest good version of the bucket, other channels
 * that point at it to the newest good one of their history, or to nothing; people's own channels only when
 * `rollsBackUserChannels`, and otherwise they keep the version from being deleted. Errors: not_found/bucket_not_found,
 * not_found/version_not_found, precondition/version_assigned.
 */
export async function deleteVersion(
  deps: RevocationDeps,
  actor: Actor,
  ref: VersionRef,
  options: { readonly rollsBackUserChannels: boolean },
): Promise<void> {
  const now = deps.now();
  await deps.db.transaction().execute(async (tx) => {
    const bucket = await lockBucket(tx, actor, ref);
    const version = await getVersion(tx, { bucketId: bucket.id, fingerprint: ref.fingerprint });
    const channels = await listChannelsOf(tx, [version.id]);
    const users = channels.filter((channel) => !channel.managed).map((channel) => channel.name);
    if (users.length > 0 && !options.rollsBackUserChannels) {
      throw new DomainError(
        "precondition",
        "version_assigned",
        `Version is assigned by channels: ${users.sort().join(", ")}. Assign them to another version first, or ask for them to be rolled back.`,
      );
    }
    for (const channel of channels) {
      const good = { now, not: version.id };
      const fallback = channel.managed
        ? (await findNewestValidVersion(tx, bucket.id, now, good))?.id
        : await findFallback(tx, channel.id, good);
      await moveChannel(tx, channel, { versionId: fallback ?? null, author: null, actor }, now);
    }
    // What it held goes with it, and whoever is told of the deletion is told what is gone.
    const builds = await readVersionContent(tx, version.id);
    await deleteVersionRow(tx, version);
    await recordEvent(
      tx,
      {
        kind: "version.deleted",
        organizationId: ref.organizationId,
        projectId: bucket.projectId,
        workspaceId: null,
        summary: `${bucket.name} ${versionName(version.number)} was deleted`,
        actorName: actor.name,
        data: { ...describeVersion(version), ...eventActor(actor), builds },
      },
      now,
    );
  });
  deps.wakeJobs();
}
