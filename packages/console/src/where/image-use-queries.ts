import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { ImageUse, ImageUsePage, ImageUseStatus, ImageUseSummary, SearchResult } from "../api/types.ts";

/** What narrows a list of image uses; these are also the search parameters of the page. */
export interface ImageUseFilter {
  readonly bucket?: string;
  /** `v<n>`, of the bucket. */
  readonly version?: string;
  readonly workspace?: string;
  readonly status?: ImageUseStatus;
  readonly identifier?: string;
}

/** Image uses, a hundred at a time. */
export function imageUsesQuery(filter: ImageUseFilter) {
  return infiniteQueryOptions({
    queryKey: ["image-uses", "list", filter],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      callApi<ImageUsePage>("/api/v1/image-uses", { query: { ...filter, limit: 100, after: pageParam }, signal }),
    getNextPageParam: ({ next }) => next ?? undefined,
  });
}

export const imageUseSummaryQuery = queryOptions({
  queryKey: ["image-uses", "summary"],
  queryFn: ({ signal }) => callApi<ImageUseSummary>("/api/v1/image-uses/summary", { signal }),
});

const pagesMax = 5;

export interface AllImageUses {
  readonly uses: readonly ImageUse[];
  /** False when there are more than were read. */
  readonly complete: boolean;
}

/** Up to five thousand uses, to count them by image. */
export const allImageUsesQuery = queryOptions({
  queryKey: ["image-uses", "all"],
  queryFn: async ({ signal }): Promise<AllImageUses> => {
    const uses: ImageUse[] = [];
    let after: string | null = "";
    for (let page = 0; page < pagesMax && after !== null; page += 1) {
      const answer: ImageUsePage = await callApi("/api/v1/image-uses", { query: { limit: 1000, after }, signal });
      uses.push(...answer.image_uses);
      after = answer.next;
    }
    return { uses, complete: after === null };
  },
});

export function searchQuery(q: string) {
  return queryOptions({
    queryKey: ["search", q],
    queryFn: async ({ signal }) =>
      (await callApi<{ results: readonly SearchResult[] }>("/api/v1/search", { query: { q }, signal })).results,
    enabled: q !== "",
  });
}
