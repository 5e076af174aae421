import { access } from "node:fs/promises";
import { openDatabase } from "./db/database.ts";
import { verifyTrailsIn, type KnownHead, type Verdict } from "./features/audit/index.ts";
import { DomainError } from "./platform/errors.ts";

/**
 * Verifies the audit trails in a database, without a server: `postgres://…`, or the path of a SQLite file. Changes nothing, and
 * may run beside a server. Errors: not_found/no_database.
 */
export async function verifyAuditTrails(database: string, known: readonly KnownHead[]): Promise<Verdict> {
  const isPostgres = /^postgres(ql)?:\/\//.test(database);
  if (!isPostgres) {
    await access(database).catch((error: unknown) => {
      throw new DomainError("not_found", "no_database", `There is no database ${database}.`, { cause: error });
    });
  }
  const db = openDatabase(
    isPostgres ? { kind: "postgres", url: database, connectionsMax: 1 } : { kind: "sqlite", file: database },
  );
  try {
    return await verifyTrailsIn(db, known);
  } finally {
    await db.destroy();
  }
}
