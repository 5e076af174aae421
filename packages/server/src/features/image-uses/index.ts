export { checkImages, type CheckImagesDeps, type ImageCheck, type Replacement } from "./check-images.ts";
export { extractImageUses, type ExtractImageUsesDeps } from "./extract-image-uses.ts";
export type { ImageUse, ImageUseStatus } from "./image-use.ts";
export { listImageUses, type ImageUseFilter } from "./image-use-store.ts";
export type { FindTrackedImages, TrackedImage } from "./tracked-image.ts";
