import { sql } from "kysely";
import type { Db, Tx } from "../../db/database.ts";
import { inChunks } from "../../db/in-chunks.ts";
import { keyset } from "../../db/keyset.ts";
import { prepareQuery } from "../../db/prepared-query.ts";
import type { Channels } from "../../db/schema.gen.ts";
import type { Millis } from "../../platform/clock.ts";
import { newUlid } from "../../platform/ids.ts";
import { cutPage, type KeysetItems, type KeysetPage } from "../../platform/keyset.ts";
import { channelNotFound, latestChannel, type Channel, type ChannelAssignment } from "./channel.ts";

interface ChannelRow extends Channels {
  bucket_name: string;
}

function toChannel(row: ChannelRow): Channel {
  return {
    id: row.id,
    bucketId: row.bucket_id,
    bucketName: row.bucket_name,
    name: row.name,
    author: row.author,
    managed: row.managed === 1,
    restricted: row.restricted === 1,
    versionId: row.version_id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function selectChannels(db: Db) {
  return db
    .selectFrom("channels")
    .innerJoin("buckets", "buckets.id", "channels.bucket_id")
    .selectAll("channels")
    .select("buckets.name as bucket_name");
}

export interface NewChannel {
  readonly bucketId: string;
  readonly name: string;
  readonly author: string | null;
  readonly managed: boolean;
  readonly restricted: boolean;
}

/** False when the bucket has a channel of this name already. */
export async function insertChannel(tx: Tx, channel: NewChannel, now: Millis): Promise<boolean> {
  const row = await tx
    .insertInto("channels")
    .values({
      id: newUlid(),
      bucket_id: channel.bucketId,
      name: channel.name,
      author: channel.author,
      managed: channel.managed ? 1 : 0,
      restricted: channel.restricted ? 1 : 0,
      version_id: null,
      created_at: now,
      updated_at: now,
    })
    .onConflict((c) => c.columns(["bucket_id", "name"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Gives a new bucket its managed channel: restricted, so that nobody consumes whatever happened to be built last before
 * somebody decides so. Source: hcp-packer-2023-01-01, as observed at CreateBucket.
 */
export async function openLatestChannel(tx: Tx, bucketId: string, now: Millis): Promise<void> {
  await insertChannel(tx, { bucketId, name: latestChannel, author: null, managed: true, restricted: true }, now);
}

export async function findNamedChannel(
  db: Db,
  key: { readonly bucketId: string; readonly name: string },
): Promise<Channel | undefined> {
  const { bucketId, name } = key;
  const [row] = await findByName(db, { bucketId, name });
  return row && toChannel(row);
}

const findByName = prepareQuery((db, key: { bucketId: string; name: string }) =>
  selectChannels(db).where("channels.bucket_id", "=", key.bucketId).where("channels.name", "=", key.name),
);

/** As {@link findNamedChannel}. Errors: not_found/channel_not_found. */
export async function getChannel(db: Db, key: { readonly bucketId: string; readonly name: string }): Promise<Channel> {
  const channel = await findNamedChannel(db, key);
  if (channel === undefined) throw channelNotFound(key.name);
  return channel;
}

/** All channels of the bucket, by name. */
export async function listChannels(
  db: Db,
  filter: { readonly bucketId: string; readonly withRestricted: boolean },
): Promise<Channel[]> {
  let query = selectChannels(db).where("channels.bucket_id", "=", filter.bucketId);
  if (!filter.withRestricted) query = query.where("channels.restricted", "=", 0);
  const rows = await query.orderBy("channels.name").execute();
  return rows.map(toChannel);
}

export async function countChannels(db: Db, bucketId: string): Promise<number> {
  const { count } = await db
    .selectFrom("channels")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("bucket_id", "=", bucketId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** All channels that point at one of these versions. */
export async function listChannelsOf(db: Db, versionIds: readonly string[]): Promise<Channel[]> {
  const rows = await inChunks(versionIds, (chunk) =>
    selectChannels(db).where("channels.version_id", "in", chunk).orderBy("channels.id").execute(),
  );
  return rows.map(toChannel);
}

export async function saveChannel(
  tx: Tx,
  channel: Pick<Channel, "id" | "author" | "restricted" | "versionId" | "updatedAt">,
): Promise<void> {
  await tx
    .updateTable("channels")
    .set({
      author: channel.author,
      restricted: channel.restricted ? 1 : 0,
      version_id: channel.versionId,
      updated_at: channel.updatedAt,
    })
    .where("id", "=", channel.id)
    .execute();
}

export async function deleteChannelRow(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("channels").where("id", "=", id).execute();
}

/** Adds a line to the history. The caller holds the lock of the channel's bucket, which makes the position unique. */
export async function insertAssignment(
  tx: Tx,
  channelId: string,
  assignment: Omit<ChannelAssignment, "position">,
): Promise<void> {
  await tx
    .insertInto("channel_assignments")
    .values((e) => ({
      channel_id: channelId,
      position: e
        .selectFrom("channel_assignments")
        .select(sql<number>`coalesce(max(position), 0) + 1`.as("position"))
        .where("channel_id", "=", channelId),
      version_id: assignment.versionId,
      author: assignment.author,
      assigned_at: assignment.assignedAt,
    }))
    .execute();
}

/** The version that this channel pointed at most recently among those that are still good; undefined when none is. */
export async function findFallback(
  tx: Tx,
  channelId: string,
  options: { readonly now: Millis; readonly not?: string },
): Promise<string | undefined> {
  let query = tx
    .selectFrom("channel_assignments")
    .innerJoin("versions", "versions.id", "channel_assignments.version_id")
    .select("versions.id")
    .where("channel_assignments.channel_id", "=", channelId)
    .where("versions.number", "is not", null)
    .where((e) => e.or([e("versions.revoke_at", "is", null), e("versions.revoke_at", ">", options.now)]));
  if (options.not !== undefined) query = query.where("versions.id", "!=", options.not);
  const row = await query.orderBy("channel_assignments.position", "desc").limit(1).executeTakeFirst();
  return row?.id;
}

/**
 * Where each of these channels would go if these versions were revoked: the number of the version that it pointed at most
 * recently among those that would still be good. Channels without one are not in the map. One statement.
 */
export async function listFallbacks(
  db: Db,
  channelIds: readonly string[],
  options: { readonly now: Millis; readonly without: readonly string[] },
): Promise<ReadonlyMap<string, number>> {
  if (channelIds.length === 0) return new Map();
  const rows = await db
    .with("good", (q) => {
      const assigned = q
        .selectFrom("channel_assignments as a")
        .innerJoin("versions as v", "v.id", "a.version_id")
        .select(["a.channel_id", "a.position", "v.number"])
        .where("a.channel_id", "in", channelIds)
        .where("v.number", "is not", null)
        .where((e) => e.or([e("v.revoke_at", "is", null), e("v.revoke_at", ">", options.now)]));
      return options.without.length === 0 ? assigned : assigned.where("v.id", "not in", options.without);
    })
    .selectFrom("good")
    .select(["channel_id", "number"])
    .where((e) =>
      e(
        "position",
        "=",
        e
          .selectFrom("good as every")
          .select((c) => c.fn.max("every.position").as("position"))
          .whereRef("every.channel_id", "=", "good.channel_id"),
      ),
    )
    .execute();
  return new Map(rows.map((row) => [row.channel_id, row.number ?? 0]));
}

/**
 * A channel with one page of its history, newest first, and how many lines there are in all. One statement. Undefined
 * when there is no such channel.
 */
export async function findChannelHistory(
  db: Db,
  key: { readonly bucketId: string; readonly name: string },
  page: KeysetPage,
): Promise<(KeysetItems<ChannelAssignment> & { readonly channel: Channel; readonly total: number }) | undefined> {
  const onPage = keyset({ column: "h.position", id: "h.channel_id", descending: true }, page);
  const rows = await selectChannels(db)
    .leftJoin(
      (e) =>
        e
          .selectFrom("channel_assignments as h")
          .selectAll("h")
          .where("h.channel_id", "=", (c) =>
            c
              .selectFrom("channels")
              .select("channels.id")
              .where("channels.bucket_id", "=", key.bucketId)
              .where("channels.name", "=", key.name),
          )
          .$call(onPage)
          .as("line"),
      (j) => j.onRef("line.channel_id", "=", "channels.id"),
    )
    .select([
      "line.position as line_position",
      "line.version_id as line_version_id",
      "line.author as line_author",
      "line.assigned_at as line_assigned_at",
      (e) =>
        e
          .selectFrom("channel_assignments as every")
          .select((c) => c.fn.countAll<number>().as("count"))
          .whereRef("every.channel_id", "=", "channels.id")
          .as("total"),
    ])
    .where("channels.bucket_id", "=", key.bucketId)
    .where("channels.name", "=", key.name)
    .orderBy("line.position", page.cursor?.side === "before" ? "asc" : "desc")
    .execute();
  const [first] = rows;
  if (first === undefined) return undefined;
  const channel = toChannel(first);
  const lines = rows.flatMap((row) =>
    row.line_position === null || row.line_version_id === null || row.line_assigned_at === null
      ? []
      : [
          {
            position: row.line_position,
            versionId: row.line_version_id,
            author: row.line_author,
            assignedAt: row.line_assigned_at,
          },
        ],
  );
  return { ...cutPage(lines, page, (line) => [line.position, channel.id]), channel, total: Number(first.total ?? 0) };
}
