import type { Db } from "../../db/database.ts";
import { listLaggingTrails, listStoredRecords, moveCursor, toView } from "./audit-record-store.ts";
import type { AuditRecordView } from "./chain.ts";

/** Whoever is told of records. Throws when it did not take them: they come again. */
export type RecordSink = (records: readonly AuditRecordView[]) => Promise<void>;

const trailsPerTurn = 100;
const recordsPerBatch = 200;
const batchesPerCall = 100;

/**
 * Tells the sink what it has not been told yet, each trail in its order, batch by batch. Notes how far it has come after each
 * batch: after a crash in between the sink gets that batch again. Throws what the sink throws.
 */
export async function streamRecords(db: Db, stream: string, sink: RecordSink): Promise<void> {
  let batches = 0;
  for (;;) {
    const lagging = await listLaggingTrails(db, stream, trailsPerTurn);
    if (lagging.length === 0) return;
    for (const lag of lagging) {
      const rows = await listStoredRecords(db, lag.trail, lag.told, recordsPerBatch);
      const last = rows.at(-1);
      if (last === undefined) return;
      await sink(rows.map(toView));
      if (!(await moveCursor(db, stream, lag, last.sequence))) return;
      // Whoever calls does so again soon; nobody else shall wait for a long history.
      if (++batches >= batchesPerCall) return;
    }
  }
}

/** Whether a stream has something to tell. */
export async function isBehind(db: Db, stream: string): Promise<boolean> {
  return (await listLaggingTrails(db, stream, 1)).length > 0;
}
