import type { Db } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import type { Actor } from "../access/index.ts";
import { findNamedChannel, readChannel, type Channel } from "../channels/index.ts";
import { findNewestValidVersion, findVersions, isRevoked, versionName, type Version } from "../versions/index.ts";
import type { Artifact, Build } from "./build.ts";
import { listBuilds } from "./build-store.ts";
import { findVersionContents } from "./version-content-store.ts";

/** What a channel serves: the version it points at with all its builds and their artifacts. */
export interface ChannelContent {
  readonly channel: Channel;
  /** Null: the channel points at nothing. It may be revoked: {@link isRevoked} tells, given the time. */
  readonly version: Version | null;
  readonly builds: readonly Build[];
}

/**
 * What the channel answers to this actor. Errors: not_found/bucket_not_found, not_found/channel_not_found,
 * forbidden/channel_restricted.
 */
export async function getChannelForConsumer(
  db: Db,
  actor: Actor,
  ref: { readonly projectId: string; readonly bucketName: string; readonly channelName: string },
): Promise<ChannelContent> {
  const channel = await readChannel(db, actor, {
    organizationId: actor.organizationId,
    projectId: ref.projectId,
    name: ref.bucketName,
    channelName: ref.channelName,
  });
  return loadChannelContent(db, channel);
}

/** As {@link getChannelForConsumer}, of a channel that has been read. One statement. */
export async function loadChannelContent(db: Db, channel: Channel): Promise<ChannelContent> {
  const content = (await findVersionContents(db, [channel.versionId])).get(channel.versionId ?? "");
  return { channel, version: content?.version ?? null, builds: content?.builds ?? [] };
}

export interface ReplacementVersion {
  readonly id: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly artifacts: readonly (Artifact & { readonly platform: string; readonly componentType: string })[];
}

/**
 * What to use instead of a revoked version: what the channel serves, when one is named and its version is good, and
 * otherwise the newest version of the bucket that is complete and not revoked. Undefined when there is none.
 */
export async function findReplacementVersion(
  db: Db,
  search: { readonly bucketId: string; readonly channelName?: string },
  now: Millis,
): Promise<ReplacementVersion | undefined> {
  const version = (await findServed(db, search, now)) ?? (await findNewestValidVersion(db, search.bucketId, now));
  if (version === undefined) return undefined;
  const builds = await listBuilds(db, [version.id], { withMetadata: false });
  return {
    id: version.id,
    name: versionName(version.number),
    fingerprint: version.fingerprint,
    artifacts: builds.flatMap((build) =>
      build.artifacts.map((artifact) => ({
        ...artifact,
        platform: build.platform,
        componentType: build.componentType,
      })),
    ),
  };
}

async function findServed(
  db: Db,
  search: { readonly bucketId: string; readonly channelName?: string },
  now: Millis,
): Promise<Version | undefined> {
  if (search.channelName === undefined) return undefined;
  const channel = await findNamedChannel(db, { bucketId: search.bucketId, name: search.channelName });
  const [version] = await findVersions(db, channel?.versionId ? [channel.versionId] : []);
  return version === undefined || isRevoked(version, now) ? undefined : version;
}
