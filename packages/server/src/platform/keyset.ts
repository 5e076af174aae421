/** The values that a row is sorted by, and last its id: where a page begins or ends. */
export type Key = readonly [value: string | number, ...rest: (string | number)[], id: string];

/** A page of a list that is ordered by columns and then by id. Rows that come and go between two calls shift nothing. */
export interface KeysetPage {
  readonly limit: number;
  /** Absent: the first page. */
  readonly cursor?: { readonly side: "after" | "before"; readonly key: Key };
}

export interface KeysetItems<T> {
  readonly items: readonly T[];
  /** Where the page before this one ends; null when there is none. */
  readonly previous: Key | null;
  readonly next: Key | null;
}

/** Cuts a page out of `limit + 1` rows that were read in the direction of its cursor. */
export function cutPage<T>(rows: readonly T[], page: KeysetPage, keyOf: (item: T) => Key): KeysetItems<T> {
  const backwards = page.cursor?.side === "before";
  const cut = rows.slice(0, page.limit);
  const items = backwards ? cut.reverse() : cut;
  const first = items[0];
  const last = items.at(-1);
  if (first === undefined || last === undefined) return { items, previous: null, next: null };
  const more = rows.length > page.limit;
  return {
    items,
    previous: (backwards ? more : page.cursor !== undefined) ? keyOf(first) : null,
    next: backwards || more ? keyOf(last) : null,
  };
}
