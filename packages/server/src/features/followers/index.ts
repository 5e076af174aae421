export { followChannel, type FollowChannelDeps } from "./follow-channel.ts";
export { listFollows, recordChannelRead, type ChannelRead, type Follow } from "./follower-store.ts";
export { discardSupersededRun, queueFollowRun, type QueueFollowRunDeps } from "./queue-follow-run.ts";
