import type { Db, Tx } from "../../db/database.ts";
import type { Clock, Millis } from "../../platform/clock.ts";
import {
  endRun,
  findRun,
  isConfirmable,
  isDiscardable,
  listRunsInStatus,
  lockRun,
  unconfirmedStatuses,
  workingStatuses,
  type NewRun,
  type Run,
} from "../runs/index.ts";
import { lockWorkspaceRow } from "../workspaces/index.ts";
import type { FollowCause, FollowRun } from "./follow-channel.ts";

export interface QueueFollowRunDeps {
  readonly now: Clock;
  readonly createRun: (tx: Tx, run: NewRun) => Promise<Run>;
}

/*
 * A run that a channel's move has queued is about what the channel pointed at then. When the channel moves again before
 * anybody has confirmed it, the older run is superseded: it ends, and says why. A run that applies by itself, one that was
 * confirmed, and every run that a person asked for are left alone; the new run waits behind them.
 */

/**
 * Queues a run for a move, and ends those of earlier moves of the same channel. Undefined where runners do not plan, and
 * when a run for the same version is under way: of two moves in quick succession both see where the channel went.
 */
export async function queueFollowRun(tx: Tx, deps: QueueFollowRunDeps, run: FollowRun): Promise<string | undefined> {
  const workspace = await lockWorkspaceRow(tx, run.workspaceId);
  if (workspace === undefined || workspace.executionMode === "local") return undefined;
  const older = (await listRunsInStatus(tx, run.workspaceId, unconfirmedStatuses)).filter((one) =>
    isOfChannel(one, run.cause),
  );
  if (older.some((one) => one.cause?.["version"] === run.cause.version)) return undefined;
  // Those that only wait their turn go first: the end of the one that holds the workspace must not start them.
  for (const status of unconfirmedStatuses) {
    for (const one of older) if (one.status === status) await supersede(tx, one, run.cause.version, deps.now());
  }
  const made = await deps.createRun(tx, {
    ...run,
    cause: { ...run.cause },
    source: "ingot-channel",
    createdBy: { id: null, name: "Ingot" },
  });
  return made.id;
}

/**
 * Ends a run that has just been planned and waits for a person, when the channel moved on while it was planning: the run
 * of the newer move waits behind it. Repeatable. True when it ended, and then the next run of the workspace has its turn.
 */
export async function discardSupersededRun(
  deps: { readonly db: Db; readonly now: Clock },
  runId: string,
): Promise<boolean> {
  const seen = await findRun(deps.db, runId);
  if (seen?.cause?.kind !== "channel-moved" || !isConfirmable(seen)) return false;
  return deps.db.transaction().execute(async (tx) => {
    await lockWorkspaceRow(tx, seen.workspaceId);
    const cause = seen.cause as unknown as FollowCause;
    const newer = (await listRunsInStatus(tx, seen.workspaceId, ["pending"])).findLast(
      (run) => run.number > seen.number && isOfChannel(run, cause),
    );
    if (newer === undefined) return false;
    return supersede(tx, seen, String(newer.cause?.["version"]), deps.now());
  });
}

function isOfChannel(run: Run, cause: FollowCause): boolean {
  const other = run.cause;
  return other?.kind === cause.kind && other["bucket"] === cause.bucket && other["channel"] === cause.channel;
}

/** A run that waits for a runner cannot be discarded any more, only canceled. One that is planning is left to its end, one that was confirmed to its apply. */
function endOf(run: Run): "discarded" | "canceled" | undefined {
  if (!unconfirmedStatuses.includes(run.status)) return undefined;
  if (isDiscardable(run)) return "discarded";
  return workingStatuses.includes(run.status) ? undefined : "canceled";
}

async function supersede(tx: Tx, seen: Run, version: string, now: Millis): Promise<boolean> {
  const run = await lockRun(tx, seen.id);
  const end = run && endOf(run);
  if (run === undefined || end === undefined) return false;
  const { bucket, channel } = run.cause as unknown as FollowCause;
  const errorMessage = `Superseded: channel ${channel} of ${bucket} moved on to ${version} before anybody confirmed this run.`;
  await endRun(tx, { ...run, errorMessage }, end, now);
  return true;
}
