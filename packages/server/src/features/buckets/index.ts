export { parseLabels, parseSlug, type Bucket, type BucketRef, type Labels } from "./bucket.ts";
export {
  findBucketPlace,
  getBucket,
  listBuckets,
  lockBucket,
  lockBuckets,
  saveBucket,
  summarizeBucket,
  summarizeBuckets,
  type BucketOrder,
  type BucketSummary,
} from "./bucket-store.ts";
export { createBucket, type CreateBucketDeps } from "./create-bucket.ts";
export { deleteBucket } from "./delete-bucket.ts";
export {
  createRegistry,
  deleteRegistry,
  getProjectOf,
  getProjectWithBuckets,
  getRegistry,
  requireActiveRegistry,
  updateRegistry,
} from "./project-registry.ts";
export type { FeatureTier, Registry } from "./registry.ts";
export { updateBucket } from "./update-bucket.ts";
