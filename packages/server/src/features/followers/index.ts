export { followChannel, type FollowChannelDeps } from "./follow-channel.ts";
export { recordChannelRead, type ChannelRead } from "./follower-store.ts";
