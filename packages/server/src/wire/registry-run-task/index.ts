export { createRunTaskPlane } from "./plane.ts";
