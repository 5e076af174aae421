import type { KyselyPlugin } from "kysely";

/** Does this once, between the answer of the database that has this number, from 1, and what its reader makes of it. */
export function afterRead(number: number, work: () => Promise<unknown>): KyselyPlugin {
  let reads = 0;
  return {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      if (++reads === number) await work();
      return result;
    },
  };
}
