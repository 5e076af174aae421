export { assignChannelVersion } from "./assign-channel-version.ts";
export { saveBucketParents } from "./bucket-parents-store.ts";
export { channelNotFound, latestChannel, type Channel } from "./channel.ts";
export {
  findFallback,
  findNamedChannel,
  getChannel,
  listChannelsOf,
  listFallbacks,
  openLatestChannel,
} from "./channel-store.ts";
export { createChannel } from "./create-channel.ts";
export { deleteChannel } from "./delete-channel.ts";
export { channelMovedJob, moveChannel, rollBackChannels, type ChannelMoved } from "./move-channel.ts";
export { readChannel, readChannelHistory, readChannels } from "./read-channel.ts";
export { updateChannel } from "./update-channel.ts";
