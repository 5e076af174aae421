import type { Bell } from "../../platform/bell.ts";
import { readFrame, type LogDeps } from "./run-log.ts";

export interface FollowDeps extends LogDeps {
  /** Rings, with the id of the phase, when this process has added to a log or closed it. */
  readonly logs: Bell;
}

// No longer than a runner's claim, which has to pass the same proxies.
const holdMs = 20_000;
// What another replica has added is seen after this time at the latest.
const lookAgainMs = 1000;
// Whoever comes when so many are held already is answered at once and asks again, as everybody was before.
const heldMax = 1000;

/**
 * As {@link readFramedLog}, but for whoever has read everything the answer waits until there is more, the log is closed, or
 * some seconds have passed: the command lines sleep for 0.6 to 2 s after each empty answer. Nor is the first byte given alone, since
 * they take it for an empty answer. Errors: not_found/run_not_found. Source: go-tfe, logreader.go.
 */
export async function followFramedLog(
  deps: FollowDeps,
  phaseId: string,
  slice: { readonly offset: number; readonly limit: number },
  isGone: () => boolean,
): Promise<Buffer> {
  // The real clock, as for runners that wait.
  const until = Date.now() + holdMs;
  const isCrowded = deps.logs.listeners >= heldMax;
  const listener = deps.logs.listen(phaseId);
  try {
    for (;;) {
      const { bytes, isEmpty, isClosed } = await readFrame(deps, phaseId, slice.offset, slice.limit);
      const left = until - Date.now();
      const hasNews = bytes.length > 0 && !isEmpty;
      if (hasNews || isClosed || left <= 0 || isCrowded || deps.logs.closed || isGone()) return bytes;
      await listener.next(Math.min(left, lookAgainMs));
    }
  } finally {
    listener.end();
  }
}
