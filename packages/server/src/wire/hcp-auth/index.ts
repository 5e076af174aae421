export { createHcpAuthPlane } from "./plane.ts";
