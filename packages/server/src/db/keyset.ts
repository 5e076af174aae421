import { sql, type RawBuilder, type SelectQueryBuilder } from "kysely";
import type { KeysetPage } from "../platform/keyset.ts";

export interface KeysetOrder {
  /** Names columns as the query knows them, for example `buckets.name`. Never a text from a request. */
  readonly column: string;
  readonly id: string;
  readonly descending: boolean;
}

/** Orders the query by a column and the id, starts at the page's cursor and reads one row more than the page holds. */
export function keyset(order: KeysetOrder, page: KeysetPage) {
  const backwards = page.cursor?.side === "before";
  const descending = order.descending !== backwards;
  const column = sql.ref(order.column);
  const id = sql.ref(order.id);
  const direction = descending ? "desc" : "asc";
  return <DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O> => {
    let paged = query
      .orderBy(column, direction)
      .orderBy(id, direction)
      .limit(page.limit + 1);
    if (page.cursor !== undefined) {
      const [value, after] = page.cursor.key;
      const sign: RawBuilder<unknown> = descending ? sql`<` : sql`>`;
      paged = paged.where(sql<boolean>`(${column}, ${id}) ${sign} (${value}, ${after})`);
    }
    return paged;
  };
}
