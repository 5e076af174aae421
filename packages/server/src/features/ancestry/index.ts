export { overallStatus, relationStatus, type AncestryStatus, type Edge } from "./ancestry.ts";
export { findParent, listEdgesAbove, type Relation } from "./ancestry-store.ts";
export { listBucketAncestry } from "./list-bucket-ancestry.ts";
export { listDescendantVersions } from "./list-descendant-versions.ts";
export { lockFamily, type Family } from "./lock-family.ts";
