import { queryOptions } from "@tanstack/react-query";
import { callTfe, type ResourceList } from "./json-api.ts";
import type { Topic } from "./query-keys.ts";

export interface Named {
  readonly id: string;
  readonly name: string;
}

const pageSizeMax = 100;
// Whoever has more of them finds the rest by name or through the API.
const pagesMax = 10;

/** The names of a list of the Terraform API, to choose from: at most the first thousand. */
export function namesQuery(topic: Topic, path: string) {
  return queryOptions({
    queryKey: [topic, "names", path],
    queryFn: async ({ signal }): Promise<readonly Named[]> => {
      const names: Named[] = [];
      for (let number: number | null = 1; number !== null && number <= pagesMax;) {
        const page: ResourceList<{ readonly name: string }> = await callTfe(path, {
          query: { "page[number]": number, "page[size]": pageSizeMax },
          signal,
        });
        names.push(...page.data.map(({ id, attributes }) => ({ id, name: attributes.name })));
        number = page.meta?.pagination?.["next-page"] ?? null;
      }
      return names;
    },
  });
}
