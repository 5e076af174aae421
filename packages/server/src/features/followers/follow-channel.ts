import type { Db, Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/logger.ts";
import { claimFollowRun, listStaleFollowers } from "./follower-store.ts";

/** Why a run exists that nobody asked for. */
export interface FollowCause {
  readonly kind: "channel-moved";
  readonly bucket: string;
  readonly channel: string;
  /** What the channel points at now, `v<n>`. */
  readonly version: string;
}

export interface FollowChannelDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly logger: Logger;
  /** Queues a run from the workspace's newest configuration. Undefined when it has none, or a run that waits will see the move anyway. */
  readonly queueRun: (
    tx: Tx,
    run: { readonly workspaceId: string; readonly message: string; readonly cause: FollowCause },
  ) => Promise<string | undefined>;
}

/**
 * Queues a run in every workspace that was last answered another version than the channel points at now. Repeatable:
 * `causeId` names the move, and one move queues one run a workspace. One workspace that cannot run does not hold up the
 * others. Returns the number of runs queued.
 */
export async function followChannel(deps: FollowChannelDeps, channelId: string, causeId: string): Promise<number> {
  let queued = 0;
  for (const follower of await listStaleFollowers(deps.db, channelId)) {
    const { workspaceId, bucketName, channelName } = follower;
    const version = `v${follower.versionNumber ?? 0}`;
    const runId = await deps.db.transaction().execute(async (tx) => {
      if (!(await claimFollowRun(tx, causeId, workspaceId, deps.now()))) return undefined;
      return deps.queueRun(tx, {
        workspaceId,
        message: `Channel ${channelName} of ${bucketName} now points at ${version}`,
        cause: { kind: "channel-moved", bucket: bucketName, channel: channelName, version },
      });
    });
    if (runId === undefined) continue;
    queued++;
    deps.logger.info(
      { runId, workspaceId, bucket: bucketName, channel: channelName, version },
      "a channel moved: run queued",
    );
  }
  return queued;
}
