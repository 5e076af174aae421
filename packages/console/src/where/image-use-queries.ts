import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { ImageUseCount, ImageUsePage, ImageUseStatus, ImageUseSummary, SearchResult } from "../api/types.ts";

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

/** How many uses each image has, or with a bucket, each of its versions. */
export function imageUseCountsQuery(bucket?: string) {
  return queryOptions({
    queryKey: ["image-uses", "counts", bucket ?? ""],
    queryFn: async ({ signal }) => {
      const answer = await callApi<{ counts: readonly ImageUseCount[] }>("/api/v1/image-uses/counts", {
        query: { bucket },
        signal,
      });
      return answer.counts;
    },
  });
}

export function searchQuery(q: string) {
  return queryOptions({
    queryKey: ["search", q],
    queryFn: async ({ signal }) =>
      (await callApi<{ results: readonly SearchResult[] }>("/api/v1/search", { query: { q }, signal })).results,
    enabled: q !== "",
  });
}
