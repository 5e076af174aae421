export { parseLabels, parseSlug, type Bucket, type BucketRef, type Labels } from "./bucket.ts";
export {
  childrenRank,
  findBucketPlace,
  getBucket,
  listBuckets,
  lockBucket,
  lockBuckets,
  saveBucket,
  summarizeBucket,
  toSummary as toBucketSummary,
  type BucketOrder,
  type BucketSummary,
  type SummaryRow as BucketSummaryRow,
} from "./bucket-store.ts";
export { createBucket, type CreateBucketDeps } from "./create-bucket.ts";
export { deleteBucketRow } from "./bucket-store.ts";
export { deleteBucket } from "./delete-bucket.ts";
export {
  createRegistry,
  deleteRegistry,
  getProjectOf,
  getProjectWithBuckets,
  getRegistry,
  openRegistry,
  requireActiveRegistry,
  updateRegistry,
} from "./project-registry.ts";
export type { FeatureTier, Registry } from "./registry.ts";
export { updateBucket } from "./update-bucket.ts";
