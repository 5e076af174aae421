import { promoteVersion } from "../../registry/promote-version.ts";
import { appBucket, baseBucket, channelName, type DemoWorld } from "../demo-world.ts";
import { claim } from "../story.ts";
import type { ImagePair } from "./1-build.ts";

/** The base first: whoever builds on it from now on must find the same that the app stands on. */
export async function promoteStage(world: DemoWorld, images: ImagePair): Promise<void> {
  await promote(world, baseBucket, images.base.version.fingerprint);
  await promote(world, appBucket, images.app.version.fingerprint);
}

async function promote(world: DemoWorld, bucket: string, fingerprint: string): Promise<void> {
  const channel = await promoteVersion(world.registry, { bucket, channel: channelName, fingerprint });
  claim(`${channelName} of ${bucket} holds the new version`, channel.version?.fingerprint === fingerprint, channel);
  world.story.done(`the channel ${channelName} of ${bucket} holds ${channel.version?.name}`);
}
