import type { Db, Tx } from "../../db/database.ts";
import { saveAssessment } from "./assessment-store.ts";
import type { Assessment } from "./assessment.ts";

/** Adds bytes at the end of the log of an assessment that the caller has locked; returns it as it is then. */
export async function appendChunk(tx: Tx, assessment: Assessment, bytes: Uint8Array): Promise<Assessment> {
  if (bytes.byteLength === 0) return assessment;
  await tx
    .insertInto("assessment_log_chunks")
    .values({ assessment_id: assessment.id, start_at: assessment.logBytes, bytes: Buffer.from(bytes) })
    .execute();
  const next = { ...assessment, logBytes: assessment.logBytes + bytes.byteLength };
  await saveAssessment(tx, next);
  return next;
}

/** All that is in chunks. */
export async function readChunks(db: Db, assessmentId: string): Promise<Buffer> {
  const rows = await db
    .selectFrom("assessment_log_chunks")
    .select("bytes")
    .where("assessment_id", "=", assessmentId)
    .orderBy("start_at")
    .execute();
  return Buffer.concat(rows.map((row) => row.bytes));
}

export async function deleteChunks(tx: Tx, assessmentId: string): Promise<void> {
  await tx.deleteFrom("assessment_log_chunks").where("assessment_id", "=", assessmentId).execute();
}
