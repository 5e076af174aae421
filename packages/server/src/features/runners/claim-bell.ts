import type { ClaimRequest, RunnerJob } from "@ingot/runner/protocol";
import type { Claimant } from "../agent-pools/index.ts";
import type { RunnerWork } from "./runner-work.ts";

/** Wakes runners that wait for work. It rings in this process only; other replicas look again every second. */
export interface ClaimBell {
  ring(): void;
  /** No runner waits any longer, now or later. */
  close(): void;
  readonly closed: boolean;
  /** Resolves when the bell rings, is closed, or the time is up. */
  wait(timeoutMs: number): Promise<void>;
}

export function createClaimBell(): ClaimBell {
  const waiting = new Set<() => void>();
  let closed = false;
  const wakeAll = (): void => {
    for (const wake of waiting) wake();
  };
  return {
    ring: wakeAll,
    close() {
      closed = true;
      wakeAll();
    },
    get closed() {
      return closed;
    },
    wait(timeoutMs) {
      if (closed) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        waiting.add(wake);
      });
    },
  };
}

// What another replica has queued is seen after this time at the latest.
const lookAgainMs = 1000;

/**
 * Claims a job as soon as there is one, for as long as the runner is willing to wait and still listens. What stands first
 * in the list goes first. `checkStillAllowed` throws when the runner's credential has ended: it is asked after each wait, so
 * that no work is given out on a token that is gone.
 */
export async function waitForJob(
  works: readonly RunnerWork[],
  bell: ClaimBell,
  claimant: Claimant,
  request: ClaimRequest,
  isGone: () => boolean,
  checkStillAllowed: () => Promise<void>,
): Promise<RunnerJob | undefined> {
  // The real clock: a test that stops the clock must not make a runner wait for ever.
  const until = Date.now() + request.wait_seconds * 1000;
  for (;;) {
    if (bell.closed || isGone()) return undefined;
    const job = await claimFirst(works, claimant, request);
    const left = until - Date.now();
    if (job !== undefined || left <= 0) return job;
    await bell.wait(Math.min(left, lookAgainMs));
    await checkStillAllowed();
  }
}

async function claimFirst(
  works: readonly RunnerWork[],
  claimant: Claimant,
  request: ClaimRequest,
): Promise<RunnerJob | undefined> {
  for (const work of works) {
    const job = await work.claim(claimant, request);
    if (job !== undefined) return job;
  }
  return undefined;
}
