import type { Millis } from "./clock.ts";
import { DomainError } from "./errors.ts";

/** Asked for more often than a caller may. Errors: throttled/too_many_requests. */
export class TooManyRequests extends DomainError {
  /** When asking again is worth it, rounded up. */
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(
      "throttled",
      "too_many_requests",
      `Too many requests. Try again in ${retryAfterSeconds} s; if this is what you need, ask the operator to raise the limit.`,
    );
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface RateLimit {
  /** Counts one request of this key. Errors: throttled/too_many_requests. */
  take(key: string, now: Millis): void;
}

const minuteMs = 60_000;
// Some 100 bytes each.
const keysMax = 10_000;

/**
 * So many requests a minute for each key, all of them at once if need be. Remembers at most 10,000 keys: when there are more
 * at once, all further ones share one.
 */
export function createRateLimit(perMinute: number): RateLimit {
  const intervalMs = minuteMs / perMinute;
  // For each key the time at which all that it has taken is paid back; a key without is in no debt.
  const paidAt = new Map<string, Millis>();

  function forgetThePaid(now: Millis): void {
    for (const [key, at] of paidAt) if (at <= now) paidAt.delete(key);
  }

  return {
    take(asked, now) {
      if (!paidAt.has(asked) && paidAt.size >= keysMax) forgetThePaid(now);
      const key = paidAt.has(asked) || paidAt.size < keysMax ? asked : "";
      const next = Math.max(paidAt.get(key) ?? now, now) + intervalMs;
      const tooSoonMs = next - now - minuteMs;
      if (tooSoonMs > 0) throw new TooManyRequests(Math.ceil(tooSoonMs / 1000));
      paidAt.set(key, next);
    },
  };
}
