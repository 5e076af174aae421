import type { Db } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import type { Actor } from "../access/index.ts";
import { listDescendantVersions } from "../ancestry/index.ts";
import { getBucket } from "../buckets/index.ts";
import { listChannelsOf, listFallbacks } from "../channels/index.ts";
import { findVersions, getVersion, isRevoked, versionName, type Version } from "../versions/index.ts";
import type { VersionRef } from "./revoke-version.ts";

/** What a revocation at this moment would reach in the registry. */
export interface RevocationPreview {
  readonly version: Version;
  /** The version itself and, when they inherit it, its descendants, nearest first. */
  readonly versions: readonly { readonly version: Version; readonly depth: number; readonly alreadyRevoked: boolean }[];
  /** Channels that point at one of them now. `to` null: the channel has no good version to go back to and stays. */
  readonly channels: readonly {
    readonly bucketName: string;
    readonly channelName: string;
    readonly from: string;
    readonly to: string | null;
  }[];
}

/** Changes nothing. Errors: not_found/bucket_not_found, not_found/version_not_found. */
export async function previewRevocation(
  db: Db,
  actor: Actor,
  ref: VersionRef,
  options: { readonly descendants: boolean },
  now: Millis,
): Promise<RevocationPreview> {
  const bucket = await getBucket(db, actor, ref);
  const version = await getVersion(db, { bucketId: bucket.id, fingerprint: ref.fingerprint });
  const depths = new Map([[version.id, 0]]);
  if (options.descendants) {
    for (const { versionId, depth } of await listDescendantVersions(db, version.id)) depths.set(versionId, depth);
  }
  const found = new Map((await findVersions(db, [...depths.keys()])).map((one) => [one.id, one]));
  const versions = [...depths].flatMap(([id, depth]) => {
    const one = found.get(id);
    return one === undefined ? [] : [{ version: one, depth, alreadyRevoked: isRevoked(one, now) }];
  });
  const hit = versions.filter((one) => !one.alreadyRevoked).map((one) => one.version.id);
  const channels = await listChannelsOf(db, hit);
  const fallbacks = await listFallbacks(
    db,
    channels.map((channel) => channel.id),
    { now, without: hit },
  );
  return {
    version,
    versions,
    channels: channels
      .map((channel) => {
        const to = fallbacks.get(channel.id);
        return {
          bucketName: channel.bucketName,
          channelName: channel.name,
          from: versionName(found.get(channel.versionId ?? "")?.number ?? null),
          to: to === undefined ? null : versionName(to),
        };
      })
      .sort((a, b) => compare(a.bucketName, b.bucketName) || compare(a.channelName, b.channelName)),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
