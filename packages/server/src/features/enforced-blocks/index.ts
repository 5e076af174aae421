export {
  createBlock,
  createBlockVersion,
  deleteBlock,
  deleteBlockVersion,
  updateBlock,
  updateBlockVersion,
  type BlockRef,
  type BlockVersionRef,
  type NewBlockVersion,
} from "./edit-blocks.ts";
export type { EnforcedBlock, EnforcedBlockLink, EnforcedBlockVersion } from "./enforced-block.ts";
export { type BlockOrder } from "./enforced-block-store.ts";
export { fetchLinkedBlocks } from "./fetch-blocks.ts";
export { linkBuckets } from "./link-buckets.ts";
export { readBlock, readBlocks, readBlockVersions, readLinks } from "./read-blocks.ts";
