export type { HcpIamDeps } from "./iam-deps.ts";
export { createHcpIamPlane } from "./plane.ts";
