export { overallStatus, relationStatus, type AncestryStatus, type Edge } from "./ancestry.ts";
export {
  findParent,
  listBucketsOf,
  listEdgesAbove,
  listEdgesBelow,
  lockAncestry,
  type RelatedVersion,
  type Relation,
} from "./ancestry-store.ts";
export { listBucketAncestry, type AncestryQuery } from "./list-bucket-ancestry.ts";
export { listDescendantVersions } from "./list-descendant-versions.ts";
