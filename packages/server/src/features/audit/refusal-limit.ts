import type { Millis } from "../../platform/clock.ts";

/*
 * Whoever has no credential can make the server refuse as often as the network allows, and every refusal is a row that is
 * never deleted. So each address gets some rows a minute; what is beyond is counted, and the count is recorded.
 */

const windowMs = 60_000;
const recordedPerWindow = 60;
const addressesMax = 10_000;

/** What one address was refused beyond what is recorded one by one. */
export interface CountedRefusals {
  readonly clientIp: string;
  readonly since: Millis;
  readonly count: number;
}

export interface RefusalLimit {
  /** Whether this refusal is recorded by itself; otherwise it is counted. */
  admit(clientIp: string, now: Millis): boolean;
  /** The counts of windows that are over, once; with `all`, also of those that are not. */
  takeCounts(now: Millis, options: { readonly all: boolean }): CountedRefusals[];
}

export function createRefusalLimit(): RefusalLimit {
  const windows = new Map<string, { since: Millis; recorded: number; counted: number }>();
  let finished: CountedRefusals[] = [];

  function finish(clientIp: string): void {
    const window = windows.get(clientIp);
    windows.delete(clientIp);
    if (window !== undefined && window.counted > 0)
      finished.push({ clientIp, since: window.since, count: window.counted });
  }

  return {
    admit(address, now) {
      // With too many addresses at once all further ones share a window.
      const clientIp = windows.has(address) || windows.size < addressesMax ? address : "others";
      if ((windows.get(clientIp)?.since ?? now) <= now - windowMs) finish(clientIp);
      const window = windows.get(clientIp) ?? { since: now, recorded: 0, counted: 0 };
      windows.set(clientIp, window);
      if (window.recorded < recordedPerWindow) {
        window.recorded++;
        return true;
      }
      window.counted++;
      return false;
    },
    takeCounts(now, { all }) {
      for (const [clientIp, { since }] of windows) if (all || since <= now - windowMs) finish(clientIp);
      const taken = finished;
      finished = [];
      return taken;
    },
  };
}
