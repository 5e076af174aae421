import type { Db } from "../../db/database.ts";
import { columnsAgree, listStoredRecords, listTrails, readHead, toView } from "./audit-record-store.ts";
import { createTrailVerifier, type KnownHead, type Verdict } from "./verify-trail.ts";

const recordsPerRead = 1000;

/**
 * Reads every record of the database and verifies all trails: against the heads that stand beside them, against those that
 * somebody has written down elsewhere, and that the columns which searches use say what the records say.
 */
export async function verifyTrailsIn(db: Db, known: readonly KnownHead[]): Promise<Verdict> {
  const trails = await listTrails(db);
  const heads = await Promise.all(trails.map((trail) => readHead(db, trail)));
  const verifier = createTrailVerifier([...known, ...heads]);
  for (const trail of trails) {
    for (let after = 0; ;) {
      const rows = await listStoredRecords(db, trail, after, recordsPerRead);
      for (const row of rows) {
        const view = parsed(row);
        const broken =
          view === undefined || !columnsAgree(row, view)
            ? verifier.addForeignReason(row, "what it is found by differs from what it says")
            : verifier.add(view);
        if (broken !== undefined) return verifier.end();
      }
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.sequence;
    }
  }
  return verifier.end();
}

function parsed(row: Parameters<typeof toView>[0]) {
  try {
    return toView(row);
  } catch {
    return undefined;
  }
}
