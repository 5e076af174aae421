import { appendChunk, appendText, savePhase } from "../runs/index.ts";
import type { Db } from "../../db/database.ts";
import type { JobHold } from "../../jobs/index.ts";
import type { Bell } from "../../platform/bell.ts";
import { acceptChunk } from "./accept-chunk.ts";
import { lockHeldPhaseOnly } from "./held-phase.ts";

/** Of one phase. An engine that prints more is broken, or prints a secret file. */
const logBytesMax = 64 * 1024 * 1024;

/**
 * Adds what the runner has printed from `offset` on. A chunk that is known already is ignored, a part of it too; so a
 * runner may repeat whatever it is unsure about. Errors: conflict/log_gap, conflict/lease_lost.
 */
export async function appendLog(
  deps: { readonly db: Db; readonly logs: Bell; readonly logBytesMax?: number },
  hold: JobHold,
  offset: number,
  bytes: Buffer,
): Promise<void> {
  const limit = deps.logBytesMax ?? logBytesMax;
  const phaseId = await deps.db.transaction().execute(async (tx) => {
    const phase = await lockHeldPhaseOnly(tx, hold);
    const chunk = acceptChunk(phase.logReceived, offset, bytes, limit);
    if (chunk === undefined) return phase.id;
    const { kept, logReceived } = chunk;
    const received = { ...phase, logReceived };
    if (kept.length > 0) await appendChunk(tx, received, kept);
    else await savePhase(tx, received);
    if (phase.logReceived <= limit && received.logReceived > limit) {
      const full = kept.length > 0 ? { ...received, logBytes: phase.logBytes + kept.length } : received;
      await appendText(tx, full, `\n[The log is longer than ${limit} bytes: the rest is not kept.]\n`);
    }
    return phase.id;
  });
  deps.logs.ring(phaseId);
}
