import type { Db, Tx } from "../../db/database.ts";
import type { Millis } from "../../platform/clock.ts";
import type { FollowSetting } from "../workspaces/index.ts";

export interface ChannelRead {
  readonly workspaceId: string;
  readonly channelId: string;
  /** What it was answered; null when the channel pointed nowhere. */
  readonly versionId: string | null;
  readonly runId: string;
}

/** Makes the workspace a follower of the channel, and remembers what it was answered last. */
export async function recordChannelRead(db: Db, read: ChannelRead, now: Millis): Promise<void> {
  await db
    .insertInto("channel_followers")
    .values({
      workspace_id: read.workspaceId,
      channel_id: read.channelId,
      version_id: read.versionId,
      run_id: read.runId,
      first_read_at: now,
      last_read_at: now,
    })
    .onConflict((c) =>
      c
        .columns(["workspace_id", "channel_id"])
        .doUpdateSet({ version_id: read.versionId, run_id: read.runId, last_read_at: now }),
    )
    .execute();
}

/** A channel that a workspace reads. */
export interface Follow {
  readonly bucketName: string;
  readonly channelName: string;
  /** What it was answered last; null when the channel pointed nowhere, or the version is gone. */
  readonly versionRead: string | null;
  readonly versionNow: string | null;
  readonly lastReadAt: Millis;
}

/** The channels that a workspace reads, by bucket and name. One statement. */
export async function listFollows(db: Db, workspaceId: string): Promise<Follow[]> {
  const rows = await db
    .selectFrom("channel_followers as f")
    .innerJoin("channels as c", "c.id", "f.channel_id")
    .innerJoin("buckets as b", "b.id", "c.bucket_id")
    .leftJoin("versions as was", "was.id", "f.version_id")
    .leftJoin("versions as is", "is.id", "c.version_id")
    .select(["b.name as bucket", "c.name as channel", "was.number as read", "is.number as now", "f.last_read_at"])
    .where("f.workspace_id", "=", workspaceId)
    .orderBy("b.name")
    .orderBy("c.name")
    .execute();
  return rows.map((row) => ({
    bucketName: row.bucket,
    channelName: row.channel,
    versionRead: row.read === null ? null : `v${row.read}`,
    versionNow: row.now === null ? null : `v${row.now}`,
    lastReadAt: row.last_read_at,
  }));
}

/** A workspace that was last answered another version than the one its channel points at now. */
export interface StaleFollower {
  readonly workspaceId: string;
  readonly follow: FollowSetting;
  readonly bucketName: string;
  readonly channelName: string;
  readonly versionNumber: number | null;
  /** Of the version that it was answered; null when that is gone, or it was answered none. */
  readonly previousNumber: number | null;
}

export async function listStaleFollowers(db: Db, channelId: string): Promise<StaleFollower[]> {
  const rows = await db
    .selectFrom("channel_followers as f")
    .innerJoin("channels as c", "c.id", "f.channel_id")
    .innerJoin("buckets as b", "b.id", "c.bucket_id")
    .innerJoin("versions as v", "v.id", "c.version_id")
    .innerJoin("workspaces as w", "w.id", "f.workspace_id")
    .leftJoin("versions as was", "was.id", "f.version_id")
    .select([
      "f.workspace_id as workspaceId",
      "w.follow",
      "b.name as bucketName",
      "c.name as channelName",
      "v.number as versionNumber",
      "was.number as previousNumber",
    ])
    .where("f.channel_id", "=", channelId)
    .where((e) => e.or([e("f.version_id", "is", null), e("f.version_id", "!=", e.ref("c.version_id"))]))
    .orderBy("f.workspace_id")
    .execute();
  return rows.map((row) => ({ ...row, follow: row.follow as FollowSetting }));
}

/** Notes that this cause has queued a run for the workspace; false when it has done so before. */
export async function claimFollowRun(tx: Tx, causeId: string, workspaceId: string, now: Millis): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("follow_runs")
    .values({ cause_id: causeId, workspace_id: workspaceId, created_at: now })
    .onConflict((c) => c.columns(["cause_id", "workspace_id"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}
