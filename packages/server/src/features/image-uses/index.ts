export { checkImages, type CheckImagesDeps, type ImageCheck, type Replacement } from "./check-images.ts";
export { extractImageUses, type ExtractImageUsesDeps } from "./extract-image-uses.ts";
export {
  attentionStatuses,
  imageUseStatuses,
  type ImageUse,
  type ImageUseStatus,
  type ImageUseSummary,
} from "./image-use.ts";
export { listPlannedImages, type PlannedImage, type PlannedImages } from "./list-planned-images.ts";
export { listNewlyUsedVersions } from "./list-newly-used-versions.ts";
export { readImageChanges, type ImageChange, type NamedImage } from "./read-image-changes.ts";
export { isRevoked, type FindTrackedImages, type TrackedImage } from "./tracked-image.ts";
export {
  countImageUses,
  countUsesByImage,
  listImageUses,
  listUsingWorkspaces,
  summarizeImageUses,
  workspacesUsing,
  type ImageUseCount,
  type ImageUseFilter,
  type ImageUseList,
} from "./use-status-store.ts";
export {
  checkImagesOfWorkspaces,
  checkWorkspaceImages,
  imageCheckKinds,
  type ImageCheckKind,
  type ImageCheckStatus,
  type WorkspaceImageCheck,
} from "./workspace-image-checks.ts";
