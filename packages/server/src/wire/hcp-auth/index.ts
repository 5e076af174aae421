export { createHcpAuthPlane, type HcpAuthDeps } from "./plane.ts";
