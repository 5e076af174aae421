import { CommandError } from "../command-line/command.ts";
import { RegistryError, rpc, type RegistryClient } from "./registry-client.ts";
import type { RegistryChannel, RegistryVersion } from "./registry-types.ts";

/** Points a channel at a version, and makes the channel when there is none. Returns what the channel holds then. */
export async function promoteVersion(
  registry: RegistryClient,
  promotion: { readonly bucket: string; readonly channel: string; readonly fingerprint: string },
): Promise<RegistryChannel> {
  const { bucket, channel, fingerprint } = promotion;
  await registry.assignChannel(bucket, channel, fingerprint).catch(async (error: unknown) => {
    if (!(error instanceof RegistryError) || error.code !== rpc.notFound || (await holds(registry, bucket, channel))) {
      throw error;
    }
    await registry.createChannel(bucket, { name: channel, version_fingerprint: fingerprint });
  });
  return registry.getChannel(bucket, channel);
}

async function holds(registry: RegistryClient, bucket: string, channel: string): Promise<boolean> {
  return registry.getChannel(bucket, channel).then(
    () => true,
    () => false,
  );
}

/** A version by its name (`v3`) or its fingerprint. Throws CommandError when the bucket has no such version. */
export async function findVersion(registry: RegistryClient, bucket: string, version: string): Promise<RegistryVersion> {
  for await (const one of registry.listVersions(bucket)) {
    if (one.name === version || one.fingerprint === version) return one;
  }
  throw new CommandError(`${bucket} has no version ${version}. \`ingot build\` and packer make versions.`);
}
