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

/** The chunks that hold any byte of `[from, to)`, in order. */
export async function listChunks(db: Db, phaseId: string, from: number, to: number): Promise<LogChunk[]> {
  const rows = await db
    .selectFrom("log_chunks")
    .select(["start_at", "bytes"])
    .where("phase_id", "=", phaseId)
    .where("end_at", ">", from)
    .where("start_at", "<", to)
    .orderBy("start_at")
    .execute();
  return rows.map((row) => ({ startAt: row.start_at, bytes: row.bytes }));
}

export async function deleteChunks(tx: Tx, phaseId: string): Promise<void> {
  await tx.deleteFrom("log_chunks").where("phase_id", "=", phaseId).execute();
}
