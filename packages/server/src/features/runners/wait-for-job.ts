import type { ClaimRequest, RunnerJob } from "@ingot/runner/protocol";
import type { Claimant } from "../agent-pools/index.ts";
import type { Bell } from "../../platform/bell.ts";
import type { RunnerWork } from "./runner-work.ts";

// What another replica has queued is seen after this time at the latest.
const lookAgainMs = 1000;

/**
 * Claims a job as soon as there is one, for as long as the runner is willing to wait and still listens. What stands first
 * in the list goes first. The bell rings when this process has queued something. `checkStillAllowed` throws when the
 * runner's credential has ended: it is asked after each wait, so that no work is given out on a token that is gone.
 */
export async function waitForJob(
  works: readonly RunnerWork[],
  bell: Bell,
  claimant: Claimant,
  request: ClaimRequest,
  isGone: () => boolean,
  checkStillAllowed: () => Promise<void>,
): Promise<RunnerJob | undefined> {
  // The real clock: a test that stops the clock must not make a runner wait for ever.
  const until = Date.now() + request.wait_seconds * 1000;
  // Before the first look: what is queued while it looks is not missed.
  const listener = bell.listen();
  try {
    for (;;) {
      if (bell.closed || isGone()) return undefined;
      const job = await claimFirst(works, claimant, request);
      const left = until - Date.now();
      if (job !== undefined || left <= 0) return job;
      await listener.next(Math.min(left, lookAgainMs));
      await checkStillAllowed();
    }
  } finally {
    listener.end();
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
