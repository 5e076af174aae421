import { appendChunk, appendText, savePhase } from "../runs/index.ts";
import type { Db } from "../../db/database.ts";
import { DomainError } from "../../platform/errors.ts";
import type { JobHold } from "../../jobs/index.ts";
import { lockHeldPhaseOnly } from "./held-phase.ts";

/** Of one phase. An engine that prints more is broken, or prints a secret file. */
const logBytesMax = 64 * 1024 * 1024;

/**
 * Adds what the runner has printed from `offset` on. A chunk that is known already is ignored, a part of it too; so a
 * runner may repeat whatever it is unsure about. Errors: conflict/log_gap, conflict/lease_lost.
 */
export async function appendLog(
  deps: { readonly db: Db; readonly logBytesMax?: number },
  hold: JobHold,
  offset: number,
  bytes: Buffer,
): Promise<void> {
  const limit = deps.logBytesMax ?? logBytesMax;
  await deps.db.transaction().execute(async (tx) => {
    const phase = await lockHeldPhaseOnly(tx, hold);
    if (offset > phase.logReceived) {
      throw new DomainError(
        "conflict",
        "log_gap",
        `The log has ${phase.logReceived} bytes, and the chunk begins at ${offset}. Send what lies between.`,
      );
    }
    const fresh = bytes.subarray(phase.logReceived - offset);
    if (fresh.length === 0) return;
    const kept = fresh.subarray(0, Math.max(0, limit - phase.logReceived));
    const received = { ...phase, logReceived: phase.logReceived + fresh.length };
    if (kept.length > 0) await appendChunk(tx, received, withoutFrames(kept));
    else await savePhase(tx, received);
    if (phase.logReceived <= limit && received.logReceived > limit) {
      const full = kept.length > 0 ? { ...received, logBytes: phase.logBytes + kept.length } : received;
      await appendText(tx, full, `\n[The log is longer than ${limit} bytes: the rest is not kept.]\n`);
    }
  });
}

/** The frame of a log, STX and ETX, must not appear inside: a reader would take it for the end. */
export function withoutFrames(bytes: Buffer): Buffer {
  if (!bytes.includes(0x02) && !bytes.includes(0x03)) return bytes;
  return Buffer.from(bytes.map((byte) => (byte === 0x02 || byte === 0x03 ? 0x3f : byte)));
}
