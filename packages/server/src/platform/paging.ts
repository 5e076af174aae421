/** One page of a list, counted from 1. */
export interface Page {
  readonly number: number;
  readonly size: number;
}

/** A page's items and how many there are on all pages. */
export interface Paged<T> {
  readonly items: readonly T[];
  readonly total: number;
}

export function offsetOf(page: Page): number {
  return (page.number - 1) * page.size;
}
