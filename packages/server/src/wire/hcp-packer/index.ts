export { createDownloadPlane } from "./download-plane.ts";
export type { ChannelRead, HcpPackerDeps } from "./packer-deps.ts";
export { createHcpPackerPlane } from "./plane.ts";
