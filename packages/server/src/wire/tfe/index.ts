export { createDiscoveryPlane } from "./general-routes.ts";
export { createTfeLinksPlane } from "./links-plane.ts";
export { createMetaPlane } from "./meta-plane.ts";
export type { TfeDeps } from "./tfe-deps.ts";
export { createTfePlane } from "./tfe-plane.ts";
