export { createHcpResourceManagerPlane } from "./plane.ts";
