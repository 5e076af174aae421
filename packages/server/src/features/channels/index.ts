export { assignChannelVersion } from "./assign-channel-version.ts";
export { latestChannel, type Channel, type ChannelAssignment } from "./channel.ts";
export {
  findChannel,
  findFallback,
  findNamedChannel,
  getChannel,
  listChannels,
  listChannelsOf,
  openLatestChannel,
} from "./channel-store.ts";
export { createChannel, type ChannelDeps } from "./create-channel.ts";
export { deleteChannel } from "./delete-channel.ts";
export { channelMovedJob, moveChannel, rollBackChannels, type ChannelMoved } from "./move-channel.ts";
export { readChannel, readChannelHistory, readChannels } from "./read-channel.ts";
export { updateChannel, type ChannelChange } from "./update-channel.ts";
