import type { Db } from "../../db/database.ts";
import type { ExplorerQuery } from "./explorer-query.ts";
import type { ExplorerScope } from "./explorer-relation-store.ts";
import { listKeys, readRows, type ExplorerRow } from "./explorer-store.ts";

const rowsAtOnce = 500;

/**
 * All rows of an answer, some hundreds in memory at a time: their keys are read first, so that the order is that of one
 * moment, and no statement stays open while a slow reader reads.
 */
export async function* exportRows(
  db: Db,
  scope: ExplorerScope,
  query: ExplorerQuery,
): AsyncGenerator<ExplorerRow, void, undefined> {
  const keys = await listKeys(db, scope, query);
  for (let from = 0; from < keys.length; from += rowsAtOnce) {
    yield* await readRows(db, scope, query, keys.slice(from, from + rowsAtOnce));
  }
}
