import { queryOptions, skipToken } from "@tanstack/react-query";
import { callApi } from "../api/client.ts";
import type { Bucket, EnforcedBlock, EnforcedBlockVersion } from "../api/registry-types.ts";
import type { Enforcement } from "../api/types.ts";
import { registryPath, type Place } from "./registry-path.ts";

type MaybePlace = Place | undefined;

/** Every enforced block of a project, by name: their number is bounded. */
export function enforcedBlocksQuery(place: MaybePlace) {
  return queryOptions({
    queryKey: ["enforced-blocks", place?.projectId, "list"],
    queryFn:
      place === undefined
        ? skipToken
        : async ({ signal }) => {
            const path = registryPath(place, "enforced_blocks");
            return (await callApi<{ enforced_blocks: readonly EnforcedBlock[] }>(path, { signal })).enforced_blocks;
          },
  });
}

export function enforcedBlockQuery(place: MaybePlace, block: string) {
  return queryOptions({
    queryKey: ["enforced-blocks", place?.projectId, block],
    queryFn:
      place === undefined
        ? skipToken
        : async ({ signal }) => {
            const path = registryPath(place, "enforced_blocks", block);
            return (await callApi<{ enforced_block: EnforcedBlock }>(path, { signal })).enforced_block;
          },
  });
}

/** The versions of a block, newest first. */
export function blockVersionsQuery(place: MaybePlace, block: string) {
  return queryOptions({
    queryKey: ["enforced-blocks", place?.projectId, block, "versions"],
    queryFn:
      place === undefined
        ? skipToken
        : async ({ signal }) => {
            const path = registryPath(place, "enforced_blocks", block, "versions");
            const answer = await callApi<{ enforced_block_detail: readonly { version: EnforcedBlockVersion }[] }>(
              path,
              {
                signal,
              },
            );
            return answer.enforced_block_detail.map((detail) => detail.version);
          },
  });
}

/** The images whose builds must run this version. */
export function linkedBucketsQuery(place: MaybePlace, block: string, version: string) {
  return queryOptions({
    queryKey: ["enforced-blocks", place?.projectId, block, "versions", version, "buckets"],
    queryFn:
      place === undefined
        ? skipToken
        : async ({ signal }) => {
            const path = registryPath(place, "enforced_blocks", block, "versions", version, "buckets");
            const answer = await callApi<{ linked_buckets: readonly { bucket: Bucket }[] }>(path, { signal });
            return answer.linked_buckets.map((link) => link.bucket.name);
          },
  });
}

/** The versions of blocks that the builds of an image must run, in the order in which they run. */
export function linkedBlocksQuery(place: MaybePlace, bucket: string) {
  return queryOptions({
    queryKey: ["enforced-blocks", place?.projectId, "bucket", bucket],
    queryFn:
      place === undefined
        ? skipToken
        : async ({ signal }) => {
            const path = registryPath(place, "enforced_blocks", "bucket", bucket);
            const answer = await callApi<{ enforced_block_detail: readonly LinkedBlock[] }>(path, { signal });
            return answer.enforced_block_detail;
          },
  });
}

export interface LinkedBlock {
  readonly id: string;
  readonly name: string;
  readonly version: EnforcedBlockVersion;
}

/** Whether the newest thousand complete versions of an image were built with its blocks. */
export function enforcementsQuery(place: MaybePlace, bucket: string, fingerprint?: string) {
  return queryOptions({
    queryKey: ["versions", place?.projectId, bucket, "enforcements", fingerprint ?? null],
    queryFn:
      place === undefined
        ? skipToken
        : async ({ signal }) => {
            const query = { bucket, project: place.projectId, fingerprint, limit: 1000 };
            const path = "/api/v1/version-enforcements";
            return (await callApi<{ enforcements: readonly Enforcement[] }>(path, { query, signal })).enforcements;
          },
  });
}

export interface NewBlockVersion {
  readonly version: string;
  readonly block_content: string;
  readonly additional_description: string;
}

export async function createBlock(place: Place, block: NewBlockVersion & { readonly name: string }) {
  const path = registryPath(place, "enforced_blocks");
  return (await callApi<{ enforced_block: EnforcedBlock }>(path, { method: "PUT", body: block })).enforced_block;
}

export async function createBlockVersion(place: Place, block: string, version: NewBlockVersion): Promise<void> {
  await callApi(registryPath(place, "enforced_blocks", block, "versions"), { method: "PUT", body: version });
}

/** Links the version to exactly these images. */
export async function linkBlock(
  place: Place,
  version: Pick<EnforcedBlockVersion, "id" | "enforced_block_id">,
  buckets: readonly string[],
): Promise<void> {
  const path = registryPath(place, "enforced_blocks", version.enforced_block_id, "versions", version.id, "buckets");
  await callApi(path, { method: "POST", body: { bucket_names: buckets } });
}

export async function deleteBlock(place: Place, block: string): Promise<void> {
  await callApi(registryPath(place, "enforced_blocks", block), { method: "DELETE" });
}

export async function deleteBlockVersion(
  place: Place,
  version: Pick<EnforcedBlockVersion, "id" | "enforced_block_id">,
): Promise<void> {
  await callApi(registryPath(place, "enforced_blocks", version.enforced_block_id, "versions", version.id), {
    method: "DELETE",
  });
}
