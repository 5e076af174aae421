export { createHcpWebhookPlane } from "./plane.ts";
