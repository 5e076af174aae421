import { infiniteQueryOptions, queryOptions, skipToken } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { Assignment, Bucket, Channel, Pagination, Relation, Version } from "../api/registry-types.ts";
import type { RevocationPreview } from "../api/types.ts";
import { registryPath, type Place } from "./registry-path.ts";

type MaybePlace = Place | undefined;

function ask<Answer>(place: MaybePlace, get: (place: Place, signal: AbortSignal) => Promise<Answer>) {
  return place === undefined ? skipToken : ({ signal }: { signal: AbortSignal }) => get(place, signal);
}

/** The buckets of a project by name, a hundred at a time. */
export function bucketsQuery(place: MaybePlace) {
  return infiniteQueryOptions({
    queryKey: ["buckets", place?.projectId, "list"],
    initialPageParam: "",
    queryFn:
      place === undefined
        ? skipToken
        : ({ pageParam, signal }) =>
            callApi<{ buckets: readonly Bucket[]; pagination: Pagination }>(registryPath(place, "buckets"), {
              query: { "pagination.page_size": 100, "pagination.next_page_token": pageParam },
              signal,
            }),
    getNextPageParam: ({ pagination }) => pagination.next_page_token || undefined,
  });
}

export function bucketQuery(place: MaybePlace, bucket: string) {
  return queryOptions({
    queryKey: ["buckets", place?.projectId, bucket],
    queryFn: ask(place, async (place, signal) => {
      const path = registryPath(place, "buckets", bucket);
      return (await callApi<{ bucket: Bucket }>(path, { signal })).bucket;
    }),
  });
}

/** The versions of a bucket, newest first, fifty at a time. */
export function versionsQuery(place: MaybePlace, bucket: string) {
  return infiniteQueryOptions({
    queryKey: ["versions", place?.projectId, bucket, "list"],
    initialPageParam: "",
    queryFn:
      place === undefined
        ? skipToken
        : ({ pageParam, signal }) =>
            callApi<{ versions: readonly Version[]; pagination: Pagination }>(
              registryPath(place, "buckets", bucket, "versions"),
              { query: { "pagination.page_size": 50, "pagination.next_page_token": pageParam }, signal },
            ),
    getNextPageParam: ({ pagination }) => pagination.next_page_token || undefined,
  });
}

/** One version with the metadata of its builds. `version` is a fingerprint, or a name such as `v3`. */
export function versionQuery(place: MaybePlace, bucket: string, version: string) {
  return queryOptions({
    queryKey: ["versions", place?.projectId, bucket, version],
    queryFn: ask(place, async (place, signal) => {
      const fingerprint = await resolveFingerprint(place, bucket, version, signal);
      const path = registryPath(place, "buckets", bucket, "versions", fingerprint);
      return (await callApi<{ version: Version }>(path, { signal })).version;
    }),
  });
}

async function resolveFingerprint(place: Place, bucket: string, version: string, signal: AbortSignal): Promise<string> {
  if (!/^v[1-9]\d*$/.test(version)) return version;
  let token = "";
  do {
    const answer: { versions: readonly Version[]; pagination: Pagination } = await callApi(
      registryPath(place, "buckets", bucket, "versions"),
      { query: { "pagination.page_size": 1000, "pagination.next_page_token": token }, signal },
    );
    const found = answer.versions.find((candidate) => candidate.name === version);
    if (found !== undefined) return found.fingerprint;
    token = answer.pagination.next_page_token;
  } while (token !== "");
  // It may be a fingerprint that looks like a name.
  return version;
}

export function channelsQuery(place: MaybePlace, bucket: string) {
  return queryOptions({
    queryKey: ["channels", place?.projectId, bucket, "list"],
    queryFn: ask(place, async (place, signal) => {
      const path = registryPath(place, "buckets", bucket, "channels");
      return (await callApi<{ channels: readonly Channel[] }>(path, { signal })).channels;
    }),
  });
}

/** The latest fifty assignments of a channel, newest first. */
export function channelHistoryQuery(place: MaybePlace, bucket: string, channel: string) {
  return queryOptions({
    queryKey: ["channels", place?.projectId, bucket, "history", channel],
    queryFn: ask(place, (place, signal) =>
      callApi<{ history: readonly Assignment[]; count: number | string }>(
        registryPath(place, "buckets", bucket, "channels", channel, "history"),
        { query: { "pagination.page_size": 50 }, signal },
      ),
    ),
  });
}

async function readRelations(
  place: Place,
  bucket: string,
  query: { readonly version_fingerprint?: string | undefined },
  signal: AbortSignal,
): Promise<readonly Relation[]> {
  const answer = await callApi<{ relations: readonly Relation[] }>(registryPath(place, "buckets", bucket, "ancestry"), {
    query: { "pagination.page_size": 1000, ...query },
    signal,
  });
  return answer.relations;
}

/** Parents and children of one version. At most a thousand relations. */
export function versionAncestryQuery(place: MaybePlace, bucket: string, fingerprint: string) {
  return queryOptions({
    queryKey: ["ancestry", place?.projectId, bucket, fingerprint],
    queryFn: ask(place, (place, signal) => readRelations(place, bucket, { version_fingerprint: fingerprint }, signal)),
  });
}

const familyMax = 60;

export interface Family {
  readonly relations: readonly Relation[];
  /** False when there are more images than were read. */
  readonly complete: boolean;
}

/** What a bucket's latest version stands on and what stands on it, through all generations, up to sixty buckets. */
export function familyQuery(place: MaybePlace, bucket: string) {
  return queryOptions({
    queryKey: ["ancestry", place?.projectId, bucket, "family"],
    queryFn: ask(place, async (place, signal): Promise<Family> => {
      const relations = new Map<string, Relation>();
      const read = new Set<string>();
      let generation = [bucket];
      while (generation.length > 0 && read.size + generation.length <= familyMax) {
        for (const name of generation) read.add(name);
        const found = await Promise.all(generation.map((name) => readRelations(place, name, {}, signal)));
        for (const relation of found.flat()) {
          relations.set(`${relation.parent.version_id} ${relation.child.version_id}`, relation);
        }
        const names = found.flat().flatMap((relation) => [relation.parent.bucket_name, relation.child.bucket_name]);
        generation = [...new Set(names)].filter((name) => !read.has(name));
      }
      return { relations: [...relations.values()], complete: generation.length === 0 };
    }),
  });
}

/** Everything that a revocation of this version would hit. */
export function revocationPreviewQuery(
  place: MaybePlace,
  version: { readonly bucket: string; readonly fingerprint: string; readonly descendants: boolean },
) {
  return queryOptions({
    queryKey: ["revocation-preview", place?.projectId, version.bucket, version.fingerprint, version.descendants],
    queryFn: ask(place, (place, signal) =>
      callApi<RevocationPreview>("/api/v1/revocation-preview", {
        query: {
          bucket: version.bucket,
          fingerprint: version.fingerprint,
          descendants: version.descendants,
          project: place.projectId,
        },
        signal,
      }),
    ),
    staleTime: 0,
  });
}
