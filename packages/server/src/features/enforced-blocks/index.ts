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
export { decideEnforcement } from "./decide-enforcement.ts";
export type { LinkedBucket } from "./link-store.ts";
export { linkBuckets } from "./link-buckets.ts";
export {
  enforcementReasons,
  enforcementStates,
  type EnforcementReason,
  type EnforcementState,
} from "./judge-enforcement.ts";
export { fetchLinkedBlocks, forgetOldTraces, noteBuildBegun, noteBuildsListed } from "./note-packer-run.ts";
export { readEnforcements } from "./read-enforcements.ts";
export type { VersionEnforcement } from "./enforcement-store.ts";
export { readBlock, readBlocks, readBlockVersions, readLinkedBuckets } from "./read-blocks.ts";
