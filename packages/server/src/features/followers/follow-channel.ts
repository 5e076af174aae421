import type { Db, Tx } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/logger.ts";
import { lockWorkspaceRow } from "../workspaces/index.ts";
import { claimFollowRun, listStaleFollowers, type StaleFollower } from "./follower-store.ts";

/** Why a run exists that nobody asked for. */
export interface FollowCause {
  readonly kind: "channel-moved";
  readonly bucket: string;
  readonly channel: string;
  /** What the channel points at now, `v<n>`. */
  readonly version: string;
  /** What the workspace was answered last; null when that is not known any more. */
  readonly previous_version: string | null;
  /** The setting of the workspace that made the run. */
  readonly follow: "plan" | "apply";
}

export interface FollowRun {
  readonly workspaceId: string;
  readonly message: string;
  readonly cause: FollowCause;
  readonly autoApply: boolean;
}

export interface FollowChannelDeps {
  readonly db: Db;
  readonly now: Clock;
  readonly logger: Logger;
  /** Queues a run from the workspace's newest configuration. Undefined when the workspace takes no runs. */
  readonly queueRun: (tx: Tx, run: FollowRun) => Promise<string | undefined>;
}

/**
 * Queues a run in every workspace that was last answered another version than the channel points at now and whose setting
 * asks for runs: `plan` waits for a person, `apply` does not. Repeatable: `causeId` names the move, and one move queues one
 * run a workspace. One workspace that cannot run does not hold up the others. Returns the number of runs queued.
 */
export async function followChannel(deps: FollowChannelDeps, channelId: string, causeId: string): Promise<number> {
  let queued = 0;
  for (const follower of await listStaleFollowers(deps.db, channelId)) {
    const run = runOf(follower);
    if (run === undefined) continue;
    const runId = await queueOnce(deps, run, causeId);
    if (runId === undefined) continue;
    queued++;
    deps.logger.info({ runId, workspaceId: run.workspaceId, ...run.cause }, "a channel moved: run queued");
  }
  return queued;
}

function runOf(follower: StaleFollower): FollowRun | undefined {
  const { workspaceId, bucketName, channelName, follow } = follower;
  if (follow !== "plan" && follow !== "apply") return undefined;
  const version = `v${follower.versionNumber ?? 0}`;
  const { previousNumber } = follower;
  return {
    workspaceId,
    message: `Channel ${channelName} of ${bucketName} now points at ${version}`,
    cause: {
      kind: "channel-moved",
      bucket: bucketName,
      channel: channelName,
      version,
      previous_version: previousNumber === null ? null : `v${previousNumber}`,
      follow,
    },
    autoApply: follow === "apply",
  };
}

async function queueOnce(deps: FollowChannelDeps, run: FollowRun, causeId: string): Promise<string | undefined> {
  try {
    return await deps.db.transaction().execute(async (tx) => {
      // First, as everywhere: the claim's foreign key would hold the row in a way that two transactions cannot both outgrow.
      await lockWorkspaceRow(tx, run.workspaceId);
      if (!(await claimFollowRun(tx, causeId, run.workspaceId, deps.now()))) return undefined;
      return deps.queueRun(tx, run);
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    deps.logger.warn({ workspaceId: run.workspaceId, ...run.cause, error: error.code }, "a channel moved: no run");
    return undefined;
  }
}
