import type { Db, Tx } from "../../db/database.ts";
import { savePhase } from "./phase-store.ts";
import type { Phase } from "./run.ts";

export interface LogChunk {
  readonly startAt: number;
  readonly bytes: Buffer;
}

/** Adds bytes at the end of the log of a phase that the caller has locked; returns the phase as it is then. */
export async function appendChunk(tx: Tx, phase: Phase, bytes: Uint8Array): Promise<Phase> {
  if (bytes.byteLength === 0) return phase;
  await tx
    .insertInto("log_chunks")
    .values({
      phase_id: phase.id,
      start_at: phase.logBytes,
      end_at: phase.logBytes + bytes.byteLength,
      bytes: Buffer.from(bytes),
    })
    .execute();
  const next = { ...phase, logBytes: phase.logBytes + bytes.byteLength };
  await savePhase(tx, next);
  return next;
}

/** The chunks that hold any byte of `[from, to)`, in order. Found by the index: a long log costs no more than a short one. */
export async function listChunks(db: Db, phaseId: string, from: number, to: number): Promise<LogChunk[]> {
  const rows = await db
    .selectFrom("log_chunks")
    .select(["start_at", "bytes"])
    .where("phase_id", "=", phaseId)
    .where("start_at", ">=", (one) =>
      one
        .selectFrom("log_chunks as before")
        .select((at) => at.fn.coalesce(at.fn.max("before.start_at"), at.lit(0)).as("start_at"))
        .where("before.phase_id", "=", phaseId)
        .where("before.start_at", "<=", from),
    )
    .where("start_at", "<", to)
    .orderBy("start_at")
    .execute();
  return rows.map((row) => ({ startAt: row.start_at, bytes: row.bytes }));
}

export async function deleteChunks(tx: Tx, phaseId: string): Promise<void> {
  await tx.deleteFrom("log_chunks").where("phase_id", "=", phaseId).execute();
}
