import { setTimeout as sleep } from "node:timers/promises";
import type { LeaseReply } from "../protocol.ts";

export interface LeaseOptions {
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly renew: (signal: AbortSignal) => Promise<LeaseReply>;
  /** Whether the server has said that the job is no longer ours, as opposed to not having been heard. */
  readonly isLost: (error: unknown) => boolean;
  readonly onStop: (stop: "interrupt" | "kill") => void;
  readonly onMissed: (error: unknown) => void;
}

export interface Lease {
  /** Aborts when the job belongs, or may belong, to somebody else. */
  readonly lost: AbortSignal;
  /** Another answer of the server has said so. */
  lose(): void;
  release(): void;
}

/** Renews the lease of a job until it is released or lost: refused by the server, or not renewed for its whole length. */
export function holdLease(options: LeaseOptions): Lease {
  const lost = new AbortController();
  const released = new AbortController();
  const over = AbortSignal.any([lost.signal, released.signal]);
  let expiry = expireAfter(options.leaseMs);

  function expireAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => lost.abort(), Math.max(0, ms));
  }

  async function beat(): Promise<void> {
    let waitMs = options.heartbeatMs;
    while (!over.aborted) {
      await sleep(waitMs, undefined, { signal: over });
      const sentAt = performance.now();
      try {
        const reply = await options.renew(AbortSignal.any([over, AbortSignal.timeout(options.leaseMs)]));
        if (over.aborted) return;
        clearTimeout(expiry);
        // Counted from the question: the server may have granted it long before we heard of it.
        expiry = expireAfter(options.leaseMs - (performance.now() - sentAt));
        waitMs = options.heartbeatMs;
        if (reply.stop !== "no") options.onStop(reply.stop);
      } catch (error) {
        if (over.aborted) return;
        if (options.isLost(error)) lost.abort();
        else options.onMissed(error);
        waitMs = Math.min(options.heartbeatMs, 1000);
      }
    }
  }

  beat().catch((error: unknown) => {
    if (!over.aborted) throw error;
  });
  return {
    lost: lost.signal,
    lose: () => lost.abort(),
    release() {
      clearTimeout(expiry);
      released.abort();
    },
  };
}
