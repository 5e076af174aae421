export { createHcpResourceManagerPlane } from "./plane.ts";
export type { HcpResourceManagerDeps } from "./resource-manager-deps.ts";
