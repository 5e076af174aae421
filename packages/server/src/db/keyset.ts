import { sql, type RawBuilder, type SelectQueryBuilder } from "kysely";
import type { Key, KeysetPage } from "../platform/keyset.ts";

interface SortedColumn {
  /** Names a column as the query knows it, for example `buckets.name`. Never a text from a request. */
  readonly column: string;
  readonly descending: boolean;
}

/** By one column or by several; rows that are alike in them are in the order of their ids. */
export type KeysetOrder = { readonly id: string } & (SortedColumn | { readonly by: readonly SortedColumn[] });

/** Orders the query by its columns and the id, starts at the page's cursor and reads one row more than the page holds. */
export function keyset(order: KeysetOrder, page: KeysetPage) {
  const backwards = page.cursor?.side === "before";
  const columns = allColumns(order).map(({ column, descending }) => ({
    ref: sql.ref(column),
    descending: descending !== backwards,
  }));
  return <DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O> => {
    let paged = query.limit(page.limit + 1);
    for (const { ref, descending } of columns) paged = paged.orderBy(ref, descending ? "desc" : "asc");
    return page.cursor === undefined ? paged : paged.where(isBeyond(columns, page.cursor.key));
  };
}

function allColumns(order: KeysetOrder): SortedColumn[] {
  const by = "by" in order ? order.by : [order];
  return [...by, { column: order.id, descending: by.at(-1)?.descending ?? false }];
}

interface Bound {
  readonly ref: RawBuilder<unknown>;
  readonly descending: boolean;
}

/** Row values when all columns go one way, since databases look those up in an index; otherwise column by column. */
function isBeyond(columns: readonly Bound[], key: readonly (string | number)[]): RawBuilder<boolean> {
  const signOf = (column: Bound | undefined): RawBuilder<unknown> => (column?.descending === true ? sql`<` : sql`>`);
  if (columns.every((column) => column.descending === columns[0]?.descending)) {
    const refs = sql.join(columns.map((column) => column.ref));
    return sql<boolean>`(${refs}) ${signOf(columns[0])} (${sql.join([...key])})`;
  }
  return columns
    .map((column, i) => sql<boolean>`${column.ref} ${signOf(column)} ${key[i]}`)
    .reduceRight(
      (beyondRest, beyond, i) => sql<boolean>`(${beyond} or (${columns[i]?.ref} = ${key[i]} and ${beyondRest}))`,
    );
}

interface SortedField<Field extends string> {
  readonly field: Field;
  readonly descending: boolean;
}

/** The columns of a list whose fields are called like the columns of a table. */
export function sortedColumns(table: string, sorting: readonly SortedField<string>[]): SortedColumn[] {
  return sorting.map(({ field, descending }) => ({ column: `${table}.${field}`, descending }));
}

/** Where a row of such a list stands. */
export function keyOf<Field extends string>(
  row: { readonly id: string } & Readonly<Record<Field, string | number>>,
  sorting: readonly SortedField<Field>[],
): Key {
  return [...sorting.map(({ field }) => row[field]), row.id] as unknown as Key;
}
