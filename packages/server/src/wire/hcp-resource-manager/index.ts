export { createHcpResourceManagerPlane, type HcpResourceManagerDeps } from "./plane.ts";
