export { followChannel, type FollowChannelDeps } from "./follow-channel.ts";
export { listFollows, recordChannelRead, type ChannelRead, type Follow } from "./follower-store.ts";
