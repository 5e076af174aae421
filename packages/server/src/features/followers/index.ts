export { followChannel, type ChannelMoved, type FollowChannelDeps } from "./follow-channel.ts";
export { recordChannelRead, type ChannelRead } from "./follower-store.ts";
