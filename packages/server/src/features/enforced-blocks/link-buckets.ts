import type { Db } from "../../db/database.ts";
import type { Clock } from "../../platform/clock.ts";
import { DomainError } from "../../platform/errors.ts";
import type { Actor } from "../access/index.ts";
import { getBucket, lockBuckets } from "../buckets/index.ts";
import { getActiveProject, type BlockVersionRef } from "./edit-blocks.ts";
import { blocksPerBucketMax, linkedBucketsMax, type EnforcedBlockLink } from "./enforced-block.ts";
import { getBlockVersion, lockBlock } from "./enforced-block-store.ts";
import { countLinksByBucket, deleteLinks, insertLinks, listLinks, moveLinks } from "./link-store.ts";

/**
 * Links a version of a block to exactly these buckets. A bucket that has another version of the block changes to this one
 * at once, at its place in the order of execution: there is no moment at which it has none. Buckets that are left out lose
 * the version. Errors: not_found/enforced_block_not_found, not_found/enforced_block_version_not_found,
 * not_found/bucket_not_found, invalid/bucket_names, precondition/too_many_enforced_blocks. Builds that are running keep
 * what they were given.
 */
export async function linkBuckets(
  deps: { readonly db: Db; readonly now: Clock },
  actor: Actor,
  ref: BlockVersionRef,
  bucketNames: readonly string[],
): Promise<EnforcedBlockLink[]> {
  const names = [...new Set(bucketNames)];
  if (names.length > linkedBucketsMax) {
    throw new DomainError(
      "invalid",
      "bucket_names",
      `A version of an enforced block can be linked to ${linkedBucketsMax} buckets; these are ${names.length}.`,
    );
  }
  return deps.db.transaction().execute(async (tx) => {
    const project = await getActiveProject(tx, actor, ref);
    const block = await lockBlock(tx, { projectId: project.id, blockId: ref.blockId });
    const version = await getBlockVersion(tx, { blockId: block.id, versionId: ref.versionId });
    const wanted = new Set<string>();
    for (const name of names) {
      wanted.add(
        (await getBucket(tx, actor, { organizationId: ref.organizationId, projectId: ref.projectId, name })).id,
      );
    }
    const links = await listLinks(tx, { blockId: block.id });
    const linked = new Map(links.map((link) => [link.bucketId, link]));
    const gone = links.filter((link) => link.versionId === version.id && !wanted.has(link.bucketId));
    const moved = links.filter((link) => link.versionId !== version.id && wanted.has(link.bucketId));
    const added = [...wanted].filter((id) => !linked.has(id));
    await lockBuckets(tx, [...gone, ...moved].map((link) => link.bucketId).concat(added));
    for (const count of (await countLinksByBucket(tx, added)).values()) {
      if (count >= blocksPerBucketMax) {
        throw new DomainError(
          "precondition",
          "too_many_enforced_blocks",
          `A bucket can have ${blocksPerBucketMax} enforced blocks; put more provisioners into one block.`,
        );
      }
    }
    await deleteLinks(
      tx,
      gone.map((link) => link.id),
    );
    await moveLinks(
      tx,
      moved.map((link) => link.id),
      version.id,
    );
    await insertLinks(tx, version, added, deps.now());
    return listLinks(tx, { versionId: version.id });
  });
}
