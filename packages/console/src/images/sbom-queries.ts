import { infiniteQueryOptions, keepPreviousData, queryOptions, skipToken } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { Pagination } from "../api/registry-types.ts";
import type { Sbom } from "../api/types.ts";
import { registryPath, type Place } from "./registry-path.ts";

/** A build, as its paths name it. */
export interface BuildRef {
  readonly bucket: string;
  readonly fingerprint: string;
  readonly buildId: string;
}

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly sboms: readonly { readonly id: string; readonly name: string }[];
}

const keyOf = ({ bucket, fingerprint, buildId }: BuildRef) => [bucket, fingerprint, buildId] as const;

export function sbomsQuery(place: Place | undefined, ref: BuildRef) {
  const { bucket, fingerprint, buildId: build } = ref;
  return queryOptions({
    queryKey: ["versions", place?.projectId, ...keyOf(ref), "sboms"],
    queryFn:
      place === undefined
        ? skipToken
        : async ({ signal }) => {
            const query = { bucket, fingerprint, build, project: place.projectId };
            return (await callApi<{ sboms: readonly Sbom[] }>("/api/v1/sboms", { query, signal })).sboms;
          },
  });
}

/** What a build is made of, by name, a hundred at a time. */
export function packagesQuery(place: Place | undefined, ref: BuildRef, beginning: string) {
  return infiniteQueryOptions({
    queryKey: ["versions", place?.projectId, ...keyOf(ref), "packages", beginning],
    initialPageParam: "",
    // What the last filter found stays until the answer is there.
    placeholderData: keepPreviousData,
    queryFn:
      place === undefined
        ? skipToken
        : ({ pageParam, signal }) =>
            callApi<{ packages: readonly Package[]; pagination: Pagination }>(buildPath(place, ref, "packages"), {
              query: { "pagination.next_page_token": pageParam, package_name_starts_with: beginning },
              signal,
            }),
    getNextPageParam: ({ pagination }) => pagination.next_page_token || undefined,
  });
}

/** A link to the document that works for a quarter of an hour. */
export async function linkToSbom(place: Place, ref: BuildRef, name: string): Promise<string> {
  return (await callApi<{ download_url: string }>(buildPath(place, ref, "sboms", name))).download_url;
}

function buildPath(place: Place, { bucket, fingerprint, buildId }: BuildRef, ...below: readonly string[]): string {
  return registryPath(place, "buckets", bucket, "versions", fingerprint, "builds", buildId, ...below);
}
