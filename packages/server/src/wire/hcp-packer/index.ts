export type { ChannelRead, HcpPackerDeps } from "./packer-deps.ts";
export { createHcpPackerPlane } from "./plane.ts";
