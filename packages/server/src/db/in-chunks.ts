// SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535.
const itemsPerStatement = 1000;

/** Reads or writes for any number of items, some hundreds in each statement, one statement after the other in their order. */
export async function inChunks<Item, Result>(
  items: readonly Item[],
  work: (chunk: readonly Item[]) => Promise<readonly Result[]>,
  chunkSize = itemsPerStatement,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += chunkSize) {
    results.push(...(await work(items.slice(from, from + chunkSize))));
  }
  return results;
}
